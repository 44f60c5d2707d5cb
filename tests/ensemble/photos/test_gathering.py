from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.photos.gathering import ItemLabels, gather

PHOTOS = np.array(["e", "d", "c", "b", "a"])
ITEM = np.array(["two", "one", "two", "one", "three"])
VIEW = np.array(["y", "x", "x", "x", "y"])


def labels(view: bool = True) -> ItemLabels:
    lines = np.arange(2, 7)
    return ItemLabels(Path("t.csv"), "house", lines, ITEM, VIEW if view else None)


def test_photos_follow_each_other_by_item_view_and_name() -> None:
    first, rows, items = gather(labels(), PHOTOS, {})
    assert ITEM[first].tolist() == ["one", "three", "two"]
    assert items.photos.tolist() == PHOTOS[rows].tolist() == ["b", "d", "a", "c", "e"]
    assert items.item.tolist() == [0, 0, 1, 2, 2]
    assert items.view is not None
    assert items.view.tolist() == ["x", "x", "y", "x", "y"]
    _, rows, items = gather(labels(view=False), PHOTOS, {})
    assert (PHOTOS[rows].tolist(), items.view) == (["b", "d", "a", "c", "e"], None)


def test_new_items_keep_the_order_of_their_table() -> None:
    first, rows, items = gather(labels(), PHOTOS, {}, in_order=True)
    assert ITEM[first].tolist() == ["two", "one", "three"]
    assert PHOTOS[rows].tolist() == ["c", "e", "b", "d", "a"]
    assert items.item.tolist() == [0, 0, 1, 1, 2]


def test_rows_of_an_item_that_differ_are_named_with_what_they_say() -> None:
    agreeing = {
        "price": np.array([1.0, 2.0, 1.5, 2.0, 3.0]),
        "street": np.array(["a", "b", "a", "c", "a"]),
    }
    with pytest.raises(InputError) as caught:
        gather(labels(), PHOTOS, agreeing)
    assert str(caught.value).splitlines() == [
        "t.csv: rows of one house are photos of one thing, and must agree in what is said of it; "
        "correct these rows, or data.columns.item:",
        "  - two: price is 1 (line 2), 1.5 (line 4)",
        "  - one: street is 'b' (line 3), 'c' (line 5)",
    ]

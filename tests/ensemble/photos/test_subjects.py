from __future__ import annotations

import numpy as np

from backbones.features.store import TransientStore
from ensemble.photos.items import Items
from ensemble.photos.subjects import Pending, Subject, gathered, rows_of, subjects_of, usable

ITEMS = Items(np.array(list("abc")), np.array([0, 0, 1]), np.array(["x", "y", "x"]))
FIRST, SECOND = Subject.of_item(["1", "2"], ["x", "y"]), Subject.of_item(["3"], ["x"])


def test_a_photo_is_its_own_subject_and_keeps_its_key() -> None:
    assert [one.key for one in subjects_of(None, ["1", "2"])] == ["1", "2"]
    assert subjects_of(ITEMS, ["1", "2", "3"]) == [FIRST, SECOND]


def test_the_key_of_an_item_hangs_on_its_photos_and_what_they_show() -> None:
    others = [
        FIRST,
        SECOND,
        Subject.of_item(["2", "1"], ["x", "y"]),
        Subject.of_item(["1", "2"], ["y", "x"]),
        Subject.of_item(["1"], ["x"]),
    ]
    assert len({one.key for one in others}) == 5
    assert {len(bytes.fromhex(one.key)) for one in others} == {32}


def test_bad_photos_leave_the_others_of_an_item() -> None:
    assert usable([FIRST, SECOND], {"1", "3"}) == [Subject.of_item(["2"], ["y"])]
    keys, items = gathered([FIRST, SECOND])
    assert (keys, items.item.tolist()) == (["1", "2", "3"], [0, 0, 1])
    assert items.views_of(np.arange(3)) == ["x", "y", "x"]


def test_a_subject_is_complete_with_the_last_of_its_photos() -> None:
    shared = Subject.of_item(["2", "4"], ["", ""])
    pending = Pending([FIRST, SECOND, shared, FIRST])
    assert pending.take(["1"], {}) == []
    assert pending.waiting == {"1", "2"}
    assert pending.take(["2", "3"], {}) == [FIRST, SECOND]
    assert pending.waiting == {"2", "4"}
    mistakes = {"4": ["no photo"]}
    assert pending.take([], mistakes) == [Subject.of_item(["2"], [""])]
    assert not pending.waiting
    assert pending.take([], mistakes) == []


def test_what_has_only_bad_photos_is_never_complete() -> None:
    pending = Pending([SECOND])
    assert pending.take([], {"3": ["no photo"]}) == []
    assert not pending.waiting


def test_rows_are_those_of_what_is_left() -> None:
    store, left = TransientStore(1, "float64"), Subject.of_item(["2"], ["y"])
    store.write([left.key, SECOND.key], np.array([[5.0], [7.0]]))
    assert rows_of(store, [FIRST, SECOND], {"1"}).tolist() == [[5.0], [7.0]]
    assert rows_of(store, [FIRST, SECOND], {"1", "3"}).tolist() == [[5.0]]

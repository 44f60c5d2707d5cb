from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.photos.dataset import Dataset
from ensemble.photos.items import Items
from ensemble.photos.rejected import Rejected, reject
from ensemble.photos.usable import Usable, read_digests


@pytest.fixture
def photos(tmp_path: Path) -> Dataset:
    """Two photos, one that is there twice, one without a size, and one that is missing."""
    names = np.array(["a.png", "b.png", "copy.png", "none.png", "text.png"])
    for name, level in (("a.png", 1), ("b.png", 2), ("copy.png", 1)):
        Image.new("L", (8, 8), level).save(tmp_path / name)
    (tmp_path / "text.png").write_text("no photo")
    objects = pd.DataFrame({"name": ["a.png", "none.png"], "xmin": 0.0})
    return Dataset(names, tuple(tmp_path / one for one in names), np.arange(5.0), objects=objects)


def test_what_cannot_be_read_is_left_out_with_its_objects(photos: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="photos that cannot be read"):
        read_digests(photos, tmp_path / "cache", skip=False, folds=2)
    found = read_digests(photos, tmp_path / "cache", skip=True, folds=2)
    assert found.photos.names.tolist() == ["a.png", "b.png", "copy.png", "text.png"]
    assert found.photos.target.tolist() == [0, 1, 2, 4]
    assert found.photos.objects is not None
    assert found.photos.objects["name"].tolist() == ["a.png"]
    assert found.digests[0] == found.digests[2] != found.digests[1]
    assert found.rejected == (Rejected("none.png", "it cannot be read: No such file or directory"),)


def test_every_copy_of_a_photo_is_left_out_and_all_by_name(photos: Dataset, tmp_path: Path) -> None:
    found = read_digests(photos, tmp_path / "cache", skip=True, folds=2)
    copies = [f"{tmp_path / name}: cut short" for name in ("a.png", "copy.png")]
    left = found.without_mistakes({found.digests[0]: copies}, folds=2)
    assert left.photos.names.tolist() == ["b.png", "text.png"]
    assert [str(one) for one in left.rejected[:2]] == ["a.png: cut short", "copy.png: cut short"]
    assert [one.name for one in left.rejected] == ["a.png", "copy.png", "none.png"]


def test_a_photo_without_a_size_is_left_out(photos: Dataset, tmp_path: Path) -> None:
    left = Usable(photos, list("abcde")).without_unsized(2, tmp_path)
    assert left.digests == ["a", "b", "c"]
    assert [one.name for one in left.rejected] == ["none.png", "text.png"]
    assert all(one.reason.startswith("its size cannot be read") for one in left.rejected)


def test_too_few_are_an_error_that_lists_the_others(photos: Dataset, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"4 of 5 photos can be used, and folds\.n: 5 folds"
    ) as all_:
        read_digests(photos, tmp_path / "cache", skip=True, folds=5)
    assert all_.value.mistakes == ["none.png: it cannot be read: No such file or directory"]


def test_a_reason_is_one_line_without_the_path() -> None:
    found = reject("a.png", "x/a.png", ["x/b.png: other", "x/a.png: damaged\n  (broken)"])
    assert found == Rejected("a.png", "damaged (broken)")
    assert reject("a.png", "x/a.png", ["no path"]).reason == "no path"


def test_an_item_stays_with_the_photos_that_it_has(photos: Dataset, tmp_path: Path) -> None:
    items = Items(photos.names, np.array([0, 0, 0, 1, 2]), np.array(list("xyzxx")))
    names, target = np.array(["first", "second", "third"]), np.arange(3.0)
    of_items = Dataset(names, photos.paths, target, items=items)
    found = read_digests(of_items, tmp_path / "cache", skip=True, folds=2)
    assert found.photos.names.tolist() == ["first", "third"]
    assert found.photos.target.tolist() == [0.0, 2.0]
    assert len(found.digests) == len(found.photos.paths) == 4
    (lost,) = found.rejected
    assert (lost.item, lost.alone) == ("second", False)
    bad = {1: Rejected("b.png", "bad", "first"), 3: Rejected("text.png", "bad", "third")}
    with pytest.raises(InputError, match=r"1 of 2 items can be used, and .* photos that cannot:"):
        found.without(bad, folds=2)
    left = found.without(bad, folds=1)
    assert left.photos.items is not None
    assert left.photos.items.photos.tolist() == ["a.png", "copy.png"]
    assert left.photos.items.views_of(np.arange(2)) == ["x", "z"]
    assert [(one.name, one.alone) for one in left.rejected] == [
        ("b.png", True),
        ("none.png", False),
        ("text.png", False),
    ]

"""Copies among photos of items: what they tie, and what is said of them."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from backbones.features.measures import HASH
from backbones.photos.likeness import LENGTH
from ensemble.photos.copies import among_items, contents, find_copies, group_copies, spread, tie
from ensemble.photos.dataset import Dataset
from ensemble.photos.items import Items
from ensemble.photos.links import Links

#: Of four items: three photos, two, one and two.
ITEM = np.array([0, 0, 0, 1, 1, 2, 3, 3])


def dataset(group: list[str] | None = None) -> Dataset:
    names = np.array([f"{number}.jpg" for number in range(8)])
    return Dataset(
        names=np.array(["a", "b", "c", "d"]),
        paths=tuple(map(Path, names.tolist())),
        target=np.array([1.0, 2.0, 1.0, 4.0]),
        group=None if group is None else np.array(group),
        items=Items(names, ITEM),
    )


def digests(*numbers: int) -> list[str]:
    return [f"{number:064x}" for number in numbers]


def test_items_that_share_a_label_are_tied_and_so_are_their_groups() -> None:
    label = np.array([0, 1, 2, 2, 3, 4, 5, 6])  # of an item's third photo and another's first
    tied = tie(dataset(), label).group
    assert tied is not None
    assert tied[0] == tied[1]
    assert len(set(tied.tolist())) == 3
    tied = tie(dataset(["x", "y", "x", "z"]), label).group
    assert tied is not None
    assert tied[0] == tied[1] == tied[2] != tied[3]


def test_copies_in_one_item_tie_nothing_and_are_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "ensemble"):
        alone = group_copies(dataset(), digests(0, 0, 1, 2, 3, 4, 5, 5))
    assert (alone.group, caplog.messages) == (None, [])
    with caplog.at_level(logging.WARNING, "ensemble"):
        shared = group_copies(dataset(), digests(0, 0, 1, 2, 3, 0, 5, 5))
    assert caplog.messages == ["1 photo is byte for byte as another: kept in one fold"]
    assert shared.group is not None
    assert shared.group[0] == shared.group[2]
    assert len(set(shared.group.tolist())) == 3


def test_near_copies_in_one_item_are_none() -> None:
    first, content = contents(digests(*range(8)))
    group = np.array([0, 0, 1, 1, 2, 3, 4, 4])
    nearest = np.array([1, 0, 3, 2, 4, 5, 7, 6])
    distance = np.array([5, 5, 6, 6, 0, 0, 7, 7])
    copies = spread(Links(group, nearest, distance), first, content)
    found = among_items(copies, Items(np.array(list("abcdefgh")), ITEM))
    assert [rows.tolist() for rows in found.groups()] == [[2, 3]]
    assert found.nearest.tolist() == [0, 1, 3, 2, 4, 5, 6, 7]
    assert found.distance.tolist() == [0, 0, 6, 6, 0, 0, 0, 0]
    table = found.table(dataset())
    assert table[["name", "item", "target", "nearest"]].to_numpy().tolist() == [
        ["2.jpg", "a", 1.0, "3.jpg"],
        ["3.jpg", "b", 2.0, "2.jpg"],
    ]


def test_items_that_contradict_each_other_are_named_by_their_photos(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hashes = np.random.default_rng(0).integers(0, 256, (6, LENGTH), dtype=np.uint8)
    names = digests(0, 1, 2, 2, 3, 0, 4, 5)  # item a with b, and a with c, which agree
    store = HASH.open(tmp_path)
    store.write(digests(*range(6)), hashes)
    store.close()
    with caplog.at_level(logging.WARNING, "ensemble"):
        find_copies(dataset(), names, tmp_path)
    (told,) = caplog.messages
    assert told.splitlines()[1:] == ["  - 2.jpg 1, 3.jpg 2 (byte for byte the same)"]

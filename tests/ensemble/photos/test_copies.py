from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from backbones.features.measures import HASH
from backbones.photos.likeness import LENGTH, MOST_BITS
from ensemble.heads import Part
from ensemble.photos import links as module
from ensemble.photos.copies import Copies, _contradictions, contents, find_copies, spread, tie
from ensemble.photos.dataset import Dataset


def photos(n: int, target: list[float] | None = None, group: list[str] | None = None) -> Dataset:
    return Dataset(
        names=np.array([f"{i}.jpg" for i in range(n)]),
        paths=tuple(Path(f"{i}.jpg") for i in range(n)),
        target=np.arange(n, dtype=float) if target is None else np.array(target),
        group=None if group is None else np.array(group),
    )


def compare(hashes: np.ndarray, digests: list[str]) -> Copies:
    """The copies among photos with these hashes, which no cache holds."""
    first, content = contents(digests)
    return spread(module.link(hashes[first]), first, content)


def digests(*numbers: int) -> list[str]:
    return [f"{number:064x}" for number in numbers]


def changed(one: np.ndarray, bits: int, first: int = 0) -> np.ndarray:
    """The hash with so many other bits, from a place on."""
    found = np.unpackbits(one)
    found[first : first + bits] ^= 1
    return np.packbits(found)


@pytest.fixture
def hashes() -> np.ndarray:
    """A chain 0, 1, 2, each near the next alone; 4 near 3, of which 5 is too far; 7, 8 flat."""
    found = np.random.default_rng(0).integers(0, 256, (9, LENGTH), dtype=np.uint8)
    found[1] = changed(found[0], 50)
    found[2] = changed(found[1], 60, 100)
    found[4] = changed(found[3], MOST_BITS)
    found[5] = changed(found[3], MOST_BITS + 1, 100)
    found[7:] = 0
    return found


@pytest.mark.parametrize("pairs", [1 << 23, 20])
def test_near_copies_are_linked_and_know_their_nearest(
    hashes: np.ndarray, pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAIRS", pairs)
    found = compare(hashes, digests(*range(9)))
    assert [rows.tolist() for rows in found.groups()] == [[0, 1, 2], [3, 4]]
    assert found.nearest.tolist() == [1, 0, 1, 4, 3, 5, 6, 7, 8]
    assert found.distance.tolist() == [50, 50, 60, 72, 72, 0, 0, 0, 0]
    assert found.near.tolist() == [True] * 5 + [False] * 4


def test_it_finds_what_comparing_pair_by_pair_finds() -> None:
    draw = np.random.default_rng(1)
    hashes = np.repeat(draw.integers(0, 256, (20, LENGTH), dtype=np.uint8), 5, axis=0)
    flips = draw.random((100, 256)) < draw.uniform(0, 0.3, (100, 1))
    hashes ^= np.packbits(flips, axis=1)
    distance = np.bitwise_count(hashes[:, np.newaxis] ^ hashes).sum(axis=2, dtype=int)
    np.fill_diagonal(distance, 256)
    found = compare(hashes, digests(*range(100)))
    near = distance.min(axis=1) <= MOST_BITS
    assert 20 < near.sum() < 100
    np.testing.assert_array_equal(found.near, near)
    np.testing.assert_array_equal(found.distance[near], distance.min(axis=1)[near])
    one, other = np.nonzero(distance <= MOST_BITS)
    np.testing.assert_array_equal(found.group[one], found.group[other])
    assert len(set(found.group)) == (~near).sum() + len(found.groups())


def test_the_same_bytes_are_copies_too_also_of_flat_photos(hashes: np.ndarray) -> None:
    rows = [0, 7, 0, 1, 7, 6]
    found = compare(hashes[rows], digests(*rows))
    assert [group.tolist() for group in found.groups()] == [[0, 2, 3], [1, 4]]
    assert found.near.tolist() == [True, False, True, True, False, False]
    table = found.table(photos(6))
    assert table.columns.tolist() == [
        "group", "name", "target", "nearest", "distance", "same_bytes"
    ]  # fmt: skip
    assert table.to_numpy().tolist() == [
        [1, "0.jpg", 0.0, "2.jpg", 0, True],
        [1, "2.jpg", 2.0, "0.jpg", 0, True],
        [1, "3.jpg", 3.0, "0.jpg", 50, False],
        [2, "1.jpg", 1.0, "4.jpg", 0, True],
        [2, "4.jpg", 4.0, "1.jpg", 0, True],
    ]


def test_photos_without_copies_make_no_table() -> None:
    hashes = np.random.default_rng(0).integers(0, 256, (3, LENGTH), dtype=np.uint8)
    found = compare(hashes, digests(0, 1, 2))
    assert found.groups() == []
    assert found.table(photos(3)).empty


def test_what_is_tied_joins_the_groups_that_there_are() -> None:
    label = np.array([0, 1, 1, 2, 3])
    assert tie(photos(5), label).group.tolist() == ["0", "1", "1", "2", "3"]  # type: ignore[union-attr]
    tied = tie(photos(5, group=["a", "a", "b", "c", "c"]), label).group
    assert tied is not None
    assert len(set(tied[:3])) == len(set(tied[3:])) == 1
    assert tied[0] != tied[3]


def test_how_many_there_are_and_which_contradict_each_other_is_said(
    hashes: np.ndarray, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = digests(0, 1, 2, 3, 4, 7, 7)
    store = HASH.open(tmp_path)
    store.write(names[:6], hashes[[0, 1, 2, 3, 4, 7]])
    store.close()
    target = [1.0, 1.0, 3.5, 2.0, 2.0, 9.0, 4.0]
    with caplog.at_level(logging.INFO, logger="ensemble"):
        find_copies(photos(7, target), names, tmp_path)
    count, contradictions = caplog.records
    assert count.levelname == contradictions.levelname == "WARNING"
    assert count.getMessage().startswith("5 photos are near copies of others")
    assert "folds.near_copies: together would" in count.getMessage()
    assert contradictions.getMessage().splitlines()[1:] == [
        "  - 5.jpg 9, 6.jpg 4 (byte for byte the same)",
        "  - 0.jpg 1, 1.jpg 1, 2.jpg 3.5",
    ]
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="ensemble"):
        find_copies(photos(7, [1.0] * 7), names, tmp_path, together=True)
    (kept,) = caplog.records
    assert kept.levelname == "INFO"
    assert "they are kept in one fold" in kept.getMessage()


def test_photos_are_compared_once_in_whatever_order(
    hashes: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = digests(*range(9))
    store = HASH.open(tmp_path)
    store.write(names, hashes)
    store.close()
    compared: list[int] = []
    plain = module.link
    monkeypatch.setattr(module, "link", lambda given: compared.append(len(given)) or plain(given))
    find_copies(photos(9), names, tmp_path)
    rows = [8, 3, 3, 0, 1, 2, 4, 5, 6, 7]
    found = find_copies(photos(10), [names[row] for row in rows], tmp_path)
    assert compared == [9]
    direct = compare(hashes[rows], [names[row] for row in rows])
    for one in ("group", "nearest", "distance", "content"):
        np.testing.assert_array_equal(getattr(found, one), getattr(direct, one))
    compared.clear()
    find_copies(photos(8), names[:8], tmp_path)
    for path in (tmp_path / "copies").iterdir():
        path.write_bytes(path.read_bytes()[:-90])
    find_copies(photos(9), names, tmp_path)
    assert compared == [8, 9]


def test_counts_of_parts_do_not_contradict_each_other(hashes: np.ndarray) -> None:
    two, copies = photos(2, [3.0, 5.0]), compare(hashes[:1], digests(0, 0))
    assert len(_contradictions(two, copies)) == 1
    part = Part(area=shapely.box(0, 0, 1, 1), is_whole=False)
    assert _contradictions(replace(two, parts={str(two.names[0]): part}), copies) == []

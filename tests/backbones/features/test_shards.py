"""Shards: what is written is read, by every process, and nothing else is taken for it."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features.shards import SUFFIX, Shards
from backbones.features.store import FeatureStore

KEYS = [f"{number:064x}" for number in range(6)]
ROWS = np.arange(18, dtype=np.float16).reshape(6, 3)


def shards(folder: Path) -> Shards:
    return Shards(folder, 3, "float16")


def files(folder: Path) -> list[Path]:
    return sorted((folder / "shards").iterdir())


def test_rows_come_back_to_the_bit_in_the_order_asked_for(tmp_path: Path) -> None:
    reader = shards(tmp_path)
    assert reader.missing(KEYS) == KEYS
    shards(tmp_path).write(KEYS[:4], ROWS[:4])
    shards(tmp_path).write(KEYS[4:], ROWS[4:])
    order = [5, 0, 3]
    np.testing.assert_array_equal(reader.read([KEYS[one] for one in order]), ROWS[order])
    assert reader.missing(KEYS) == []
    assert reader.read([]).shape == (0, 3)


def test_the_same_block_again_is_the_same_file(tmp_path: Path) -> None:
    shards(tmp_path).write(KEYS, ROWS)
    (first,) = files(tmp_path)
    content = first.read_bytes()
    shards(tmp_path).write(KEYS, ROWS)
    assert [one.read_bytes() for one in files(tmp_path)] == [content]


def test_rows_of_another_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"features must be \(6, 3\), not \(6, 2\)"):
        shards(tmp_path).write(KEYS, ROWS[:, :2])


def test_a_store_has_what_lies_in_shards_beside_its_own(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, 3, "float16")
    store.write(KEYS[:2], ROWS[:2])
    shards(tmp_path).write(KEYS[2:5], ROWS[2:5])
    assert store.missing(KEYS) == [KEYS[5]]
    np.testing.assert_array_equal(store.read(KEYS[4::-1]), ROWS[4::-1])
    with pytest.raises(InputError, match=f"photo {KEYS[5]} was removed or damaged"):
        store.read(KEYS)
    store.close()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def cut_to_the_keys(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:160])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble(path: Path) -> None:
    path.write_bytes(b"a page of an error" * 30)


def claim_much(path: Path) -> None:
    path.write_bytes(b"\xff" * 8 + path.read_bytes()[8:])


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


@pytest.mark.parametrize("damage", [flip, cut, cut_to_the_keys, empty, garble, claim_much, grow])
def test_a_damaged_shard_is_discarded_and_said(
    damage: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shards(tmp_path).write(KEYS[:5], ROWS[:5])
    shards(tmp_path).write(KEYS[5:], ROWS[5:])
    path = max(files(tmp_path), key=lambda one: one.stat().st_size)
    assert callable(damage)
    damage(path)
    with caplog.at_level(logging.WARNING, "ensemble"):
        assert shards(tmp_path).missing(KEYS) == KEYS[:5]
    assert caplog.text.count(f"{path} is damaged") == 1
    assert len(files(tmp_path)) == 1


def test_a_shard_of_another_store_is_none(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    shards(one).write(KEYS, ROWS)
    shutil.copytree(one / "shards", other / "shards")
    assert shards(other).missing(KEYS) == KEYS


def test_damage_while_in_use_is_an_error_and_nothing_else_is_read(tmp_path: Path) -> None:
    shards(tmp_path).write(KEYS, ROWS)
    reader = shards(tmp_path)
    assert reader.missing(KEYS, checked=False) == []
    flip(files(tmp_path)[0])
    with pytest.raises(InputError, match="removed or damaged while it was in use"):
        reader.read(KEYS)
    assert reader.missing(KEYS) == KEYS


def test_a_shard_that_another_process_removed_is_missed(tmp_path: Path) -> None:
    shards(tmp_path).write(KEYS, ROWS)
    reader = shards(tmp_path)
    assert reader.missing(KEYS) == []
    files(tmp_path)[0].unlink()
    assert reader.missing(KEYS) == KEYS


def test_what_is_no_shard_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    note = tmp_path / "shards" / f"note{SUFFIX}.1.partial"
    note.write_text("half")
    assert shards(tmp_path).missing(KEYS) == KEYS
    assert note.exists()

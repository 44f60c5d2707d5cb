"""Rows whose seal is not theirs: they are missing, and discarded once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backbones.errors import InputError
from backbones.features import environment
from backbones.features.store import FeatureStore
from tests.backbones.disk.test_soundness import FEATURES, KEYS, LENGTH, fill, whole

__all__ = ["whole"]


def test_a_row_that_changed_is_missing_and_said_once(
    whole: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    content = (folder / "data.mdb").read_bytes()
    row = FEATURES[5].tobytes()
    assert content.count(row) == 1
    (folder / "data.mdb").write_bytes(content.replace(row, row[:-1] + bytes([row[-1] ^ 1])))
    store = FeatureStore(folder, LENGTH)
    assert store.missing(KEYS, checked=False) == []
    assert store.missing(KEYS) == [KEYS[5]]
    assert store.missing(KEYS) == [KEYS[5]]
    with pytest.raises(InputError, match=f"{KEYS[5]} was removed or damaged .* run again"):
        store.read(KEYS)
    store.close()
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder} is damaged (rows of 1 photo): discarded, and computed again"
    ]


def test_rows_of_another_store_are_not_taken_for_its_own(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "other")
    store = FeatureStore(folder, LENGTH)
    assert store.missing(KEYS) == KEYS
    store.close()


def test_rows_that_another_process_has_healed_meanwhile_stay(
    whole: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    names = [bytes.fromhex(key) for key in KEYS[:2]]
    store = FeatureStore(folder, LENGTH)
    with store._file._lmdb.begin(write=True) as change:
        change.put(names[1], b"damaged")
    # Both were found damaged, and one of them was written again before they are discarded.
    store._discard(names)
    assert store.missing(KEYS, checked=False) == [KEYS[1]]
    store.close()
    assert caplog.messages == [
        f"{folder} is damaged (rows of 1 photo): discarded, and computed again"
    ]


def test_rows_are_discarded_from_a_file_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "s")
    size = (tmp_path / "s" / "data.mdb").stat().st_size
    monkeypatch.setattr(environment, "_FIRST_MAP", size)  # nothing is left
    store = FeatureStore(tmp_path / "s", LENGTH)
    with store._file._lmdb.begin(write=True) as change:
        change.put(bytes.fromhex(KEYS[0]), b"damaged")
    store._file._whole.clear()
    store._file._lmdb.set_mapsize((tmp_path / "s" / "data.mdb").stat().st_size)
    assert store.missing(KEYS) == KEYS[:1]
    store.close()


def test_rows_found_whole_are_not_believed_of_a_file_put_in_the_place(
    whole: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    store = FeatureStore(folder, LENGTH)
    assert store.missing(KEYS) == []
    row = FEATURES[5].tobytes()
    changed = (folder / "data.mdb").read_bytes().replace(row, row[:-1] + bytes([row[-1] ^ 1]))
    (folder / "other").write_bytes(changed)
    (folder / "other").replace(folder / "data.mdb")
    store.close()
    again = FeatureStore(folder, LENGTH)
    assert again.missing(KEYS) == [KEYS[5]]
    again.close()

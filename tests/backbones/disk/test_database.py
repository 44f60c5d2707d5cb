"""LMDB files that this machine refuses to open, and such that others write meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import lmdb
import pytest

from backbones.disk import database
from backbones.disk.database import open_database, state
from backbones.disk.meta import Overtaken
from backbones.errors import InputError

KEPT = (b"key", b"row")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_database(tmp_path / "kept") as opened, opened.begin(write=True) as change:
        change.put(*KEPT)
    return tmp_path / "kept"


def row(folder: Path) -> bytes | None:
    with open_database(folder) as opened, opened.begin() as reader:
        return reader.get(KEPT[0])


@pytest.mark.parametrize(
    "number",
    [errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EIO, errno.ENOMEM, errno.ESTALE],
)
def test_a_file_that_the_machine_refuses_to_open_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    plain = os.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
        if str(path).endswith(".mdb"):
            raise OSError(number, os.strerror(number), str(path))
        return plain(path, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(InputError, match=f"data.mdb: {os.strerror(number).lower()}"[:20]):
            open_database(folder)
    assert row(folder) == KEPT[1]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (lmdb.Error("kept: Too many open files"), "kept: too many open files; raise the limit"),
        (lmdb.ReadonlyError("kept: Permission denied"), "kept: permission denied; give yourself"),
        (lmdb.MemoryError("kept: Cannot allocate memory"), "kept: cannot allocate memory; close"),
        (lmdb.DiskError("kept: No space left on device"), "kept: no space left on device; make"),
    ],
)
def test_what_lmdb_is_refused_is_worded_and_the_file_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(lmdb, "open", refuse)
        with pytest.raises(InputError, match=message) as caught:
            open_database(folder)
    assert "delete" not in str(caught.value)
    assert row(folder) == KEPT[1]


def test_a_file_that_others_write_all_the_time_is_in_use_and_not_damaged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(file: int, transaction: int) -> None:
        raise Overtaken

    with monkeypatch.context() as patched:
        patched.setattr(database, "_PATIENCE", 0.05)
        patched.setattr(database, "check_snapshot", overtaken)
        with pytest.raises(InputError, match=r"kept is in use: .* run again"):
            open_database(folder)
    assert row(folder) == KEPT[1]


def test_errors_of_ours_are_not_taken_for_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: int, transaction: int) -> None:
        raise KeyError("ours")

    with monkeypatch.context() as patched:
        patched.setattr(database, "check_snapshot", fail)
        with pytest.raises(KeyError, match="ours"):
            open_database(folder)
    assert row(folder) == KEPT[1]


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="it cannot be reserved here")
def test_the_room_of_locks_is_taken_before_they_are_mapped(folder: Path) -> None:
    locks = (folder / "lock.mdb").stat()
    assert locks.st_blocks * 512 >= 512 * 64
    with open_database(folder, max_readers=512):
        assert (folder / "lock.mdb").stat().st_size == locks.st_size


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="it cannot be reserved here")
@pytest.mark.parametrize(
    ("number", "opens"), [(errno.ENOSPC, False), (errno.EDQUOT, False), (errno.EOPNOTSUPP, True)]
)
def test_a_full_disk_is_said_and_one_that_cannot_reserve_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, opens: bool
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    if opens:
        open_database(tmp_path / "new").close()
    else:
        with pytest.raises(InputError, match=r"lock.mdb: .*; make room there"):
            open_database(tmp_path / "new")


def test_a_file_put_in_the_place_of_a_known_one_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, looked = state(folder), []
    monkeypatch.setattr(database, "check_snapshot", lambda *_: looked.append(1))
    open_database(folder, known).close()
    assert looked == []
    shutil.copy(folder / "data.mdb", folder / "other")
    (folder / "other").replace(folder / "data.mdb")
    open_database(folder, known).close()
    assert looked == [1]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
def test_a_pipe_in_the_place_of_a_file_makes_way(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    os.mkfifo(tmp_path / "kept" / "data.mdb")
    open_database(tmp_path / "kept").close()
    assert (tmp_path / "kept" / "data.mdb").is_file()

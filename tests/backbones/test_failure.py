from __future__ import annotations

import errno
import os
from pathlib import Path

import lmdb
import numpy as np
import pytest

from backbones.errors import InputError
from backbones.failure import describe_failure, store_failures


class WrappedError(Exception):
    """An error of some library."""


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def raised(number: int, *names: str) -> OSError:
    return OSError(number, os.strerror(number), *names)


FAILURES = [
    (raised(errno.ENOSPC, "a"), "a: no space left on device; make room there, or name another"),
    (raised(errno.EDQUOT), "a file, or what is printed: disk quota exceeded; make room there"),
    (raised(errno.EROFS, "a"), "a: read-only file system; give yourself the right to it, or"),
    (raised(errno.EACCES, "a"), "a: permission denied; give yourself the right to it, or name"),
    (raised(errno.EMFILE, "a"), "a: too many open files; raise the limit (ulimit -n), or close"),
    (raised(errno.ENAMETOOLONG, "a"), "a: file name too long; give a shorter name, or a folder"),
    (raised(errno.ENOENT, "a"), "a: no such file or directory; it went, or was changed, while"),
    (raised(errno.EXDEV, "a"), "a: invalid cross-device link; see to that, and run the same"),
    (OSError("no directory for the cache"), "what is printed: no directory for the cache; see to"),
    (OSError("h5: (errno = 28, 'No space left on device')"), "no space left on device; make room"),
    (RuntimeError("mmap: Cannot allocate memory"), "memory: cannot allocate memory; close other"),
    (RuntimeError("std::bad_alloc"), "memory: cannot allocate memory; close other programs"),
    (RuntimeError("bad allocation"), "memory: cannot allocate memory; close other programs"),
    (
        RuntimeError("pthread_create failed: Resource temporarily unavailable"),
        "resource temporarily unavailable; close other programs, or raise the limit of processes",
    ),
    (caused(WrappedError("no"), raised(errno.EACCES, "a")), "a: permission denied; give yourself"),
]


@pytest.mark.parametrize(("error", "line"), FAILURES)
def test_what_the_machine_refuses_is_said_with_place_reason_and_way(
    error: Exception, line: str
) -> None:
    said = describe_failure(error)
    assert said is not None
    assert line in said
    assert said.endswith("and run the same command again: what was computed is kept")
    assert "\n" not in said


def test_an_array_that_does_not_fit_is_a_lack_of_memory() -> None:
    with pytest.raises(MemoryError) as caught:
        np.empty(1 << 60, dtype=np.uint8)
    assert str(describe_failure(caught.value)).startswith("memory: cannot allocate memory; close")


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        ValueError("No space left on device, says a table"),
        caused(KeyError(), ValueError()),
    ],
)
def test_an_error_of_ours_is_none_of_the_machines(error: Exception) -> None:
    assert describe_failure(error) is None


def test_a_working_folder_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(FileNotFoundError) as caught:
        Path("a").absolute()
    assert str(describe_failure(caught.value)).startswith("the working folder: no such file")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (lmdb.DiskError("mdb_txn_commit: No space left on device"), "kept: no space left on"),
        (lmdb.Error("kept: Permission denied"), "kept: permission denied; give yourself the right"),
        (lmdb.MemoryError("MDB_MEMORY: Cannot allocate memory"), "kept: cannot allocate memory"),
        (lmdb.CorruptedError("mdb_get: MDB_CORRUPTED"), "kept: the store cannot be used: .*delete"),
        (
            lmdb.ReadersFullError("mdb_txn_begin: MDB_READERS_FULL"),
            "MDB_READERS_FULL; run the same",
        ),
        (raised(errno.EROFS), "kept: read-only file system; give yourself the right to it"),
    ],
)
def test_what_a_store_refuses_names_its_folder(error: Exception, message: str) -> None:
    with pytest.raises(InputError, match=message), store_failures(Path("kept")):
        raise error

"""LMDB files, opened where they are sound and made anew where they are not."""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import lmdb

from backbones.disk.discard import discard
from backbones.disk.meta import Overtaken, Unsound, read_metas
from backbones.disk.soundness import check_snapshot
from backbones.errors import InputError
from backbones.failure import DAMAGED, store_failures

_FILE, _LOCK_FILE = "data.mdb", "lock.mdb"

#: How often a file is looked at before it counts as damaged: another process may just write a head.
_TRIES = 5

#: For how long, s, an opening waits for processes that commit faster than it looks.
_PATIENCE = 5.0

#: Bytes in the file of locks for each reader.
_READER = 64


class State(NamedTuple):
    """What a file is at one time."""

    inode: int
    size: int
    changed: int  #: ns


#: Held while a file is open by ``opened_once``, and what such files were like when closed.
_ONCE = threading.Lock()
_CLOSED: dict[Path, State] = {}


def open_database(
    folder: Path, known: State | None = None, *, max_readers: int = 512, **settings: Any
) -> lmdb.Environment:
    """Open the LMDB file in `folder`, made if it is not there; a damaged one is discarded first.

    Parameters
    ----------
    known : State, optional
        The ``state`` of the file when this process closed it: it is not looked at again.
    settings
        Of ``lmdb.open``.

    Raises
    ------
    InputError
        This machine refuses to open it, or to discard it: it is left as it is.
    """
    settings["max_readers"] = max_readers
    with store_failures(folder):
        for _ in range(3):  # each time, another process may bring another damaged one
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except FileExistsError:
                discard(folder, "it is no folder")
                continue
            inode = _inode(folder)
            try:
                return _open_sound(folder, known, settings)
            except Unsound as error:
                if _inode(folder) == inode:  # or another process has made a new one
                    discard(folder, str(error))
    raise InputError(f"{folder} is damaged again and again; does another program write there?")


@contextmanager
def opened_once(folder: Path, **settings: Any) -> Iterator[lmdb.Environment]:
    """Open the LMDB file in `folder` for this block, as ``open_database``.

    One that this process closed, and that nobody changed since, is not looked at again. Other
    threads wait: a process may open a file once at a time.
    """
    with _ONCE:
        known = _CLOSED.pop(folder.absolute(), None)
        with open_database(folder, known, **settings) as database:
            opened = state(folder)
            yield database
        closed = state_closed(folder, opened)
        if closed is not None:
            _CLOSED[folder.absolute()] = closed


def state(folder: Path) -> State:
    """By which a file is known that nobody has changed since."""
    return _state(os.stat(folder / _FILE))


def state_closed(folder: Path, opened: State) -> State | None:
    """Its ``state`` when this process has closed it; None where it is not the one it opened."""
    try:
        closed = state(folder)
    except OSError:  # somebody has removed it
        return None
    return closed if closed.inode == opened.inode else None


def _state(found: os.stat_result) -> State:
    return State(found.st_ino, found.st_size, found.st_mtime_ns)


def _open_sound(folder: Path, known: State | None, settings: dict[str, Any]) -> lmdb.Environment:
    path = folder / _FILE
    tries_left, end = _TRIES, time.monotonic() + _PATIENCE
    while True:
        try:
            return _try_open(path, known, settings)
        except Unsound:
            tries_left -= 1
            if not tries_left:
                raise
        except Overtaken:
            if time.monotonic() > end:
                raise InputError(
                    f"{folder} is in use: other processes write to it all the time; run again"
                ) from None
        time.sleep(0.01)


def _try_open(path: Path, known: State | None, settings: dict[str, Any]) -> lmdb.Environment:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unsound(f"{_FILE} is no file")
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return _open(path, settings)
    try:
        found = _state(os.fstat(file))
        is_new = not read_metas(file)
        database = _open(path, settings)
        try:
            if _inode(path.parent) != found.inode:  # another one may have been opened, unlooked at
                raise Overtaken
            if not is_new and found != known:
                with database.begin() as reader:  # which keeps its pages as they are
                    check_snapshot(file, reader.id())
        except BaseException:
            database.close()
            raise
        return database
    except lmdb.MapResizedError:  # another process has just made it grow
        raise Overtaken from None
    except DAMAGED as error:
        raise Unsound(str(error)) from None
    finally:
        os.close(file)


def _open(path: Path, settings: dict[str, Any]) -> lmdb.Environment:
    _reserve_locks(path.with_name(_LOCK_FILE), settings["max_readers"])
    return lmdb.open(str(path.parent), **settings)


def _reserve_locks(path: Path, max_readers: int) -> None:
    """Take up the room of the file of locks, or raise an ``OSError``.

    LMDB writes it through a map: where a disk is full, that ends a process by a signal. The file
    must not grow over what LMDB makes it: others, which have mapped that, would read beyond.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o755)  # as LMDB makes it
    try:
        os.posix_fallocate(file, 0, os.fstat(file).st_size or _READER * max_readers)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):  # not to be had here
            error.filename = str(path)
            raise
    finally:
        os.close(file)


def _inode(folder: Path) -> int | None:
    try:
        return os.stat(folder / _FILE).st_ino
    except OSError:
        return None

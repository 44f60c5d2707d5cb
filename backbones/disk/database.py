"""LMDB files, opened where they are sound and made anew where they are not."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import lmdb

from backbones.disk.discard import discard
from backbones.disk.meta import Unsound, read_metas
from backbones.disk.soundness import check_snapshot
from backbones.errors import InputError

_FILE = "data.mdb"

#: How often a file is looked at before it counts as damaged: another process may just write a head.
_TRIES = 5

#: What LMDB itself says of a file that it cannot read.
_DAMAGED = (lmdb.InvalidError, lmdb.CorruptedError, lmdb.VersionMismatchError, lmdb.PanicError)


def open_database(folder: Path, known: object = None, **settings: Any) -> lmdb.Environment:
    """Open the LMDB file in `folder`, made if it is not there; a damaged one is discarded first.

    Parameters
    ----------
    known : object
        The ``state`` of the file when this process closed it: it is not looked at again.
    settings
        Of ``lmdb.open``.

    Raises
    ------
    InputError
        It cannot be opened, or not be discarded.
    """
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
        except lmdb.Error as error:
            raise InputError(
                f"{folder} cannot be opened ({error}); delete the folder, and run again, or name "
                "another one with cache_dir or ENSEMBLE_CACHE"
            ) from error
    raise InputError(f"{folder} is damaged again and again; does another program write there?")


def state(folder: Path) -> object:
    """By which a file is known that nobody has changed since."""
    file = os.stat(folder / _FILE)
    return file.st_ino, file.st_size, file.st_mtime_ns


def _open_sound(folder: Path, known: object, settings: dict[str, Any]) -> lmdb.Environment:
    path = folder / _FILE
    for tries_left in reversed(range(_TRIES)):
        try:
            return _try_open(path, known, settings)
        except (Unsound, LookupError) as error:
            if not tries_left:
                raise Unsound(str(error)) from None
            time.sleep(0.01)
    raise AssertionError("the last try returns or raises")


def _try_open(path: Path, known: object, settings: dict[str, Any]) -> lmdb.Environment:
    if not path.exists():
        return lmdb.open(str(path.parent), **settings)
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise Unsound(str(error.strerror)) from None
    try:
        if path.is_dir():
            raise Unsound("data.mdb is a folder")
        if not read_metas(file) or known == state(path.parent):
            return lmdb.open(str(path.parent), **settings)
        database = lmdb.open(str(path.parent), **settings)
        try:
            with database.begin() as reader:  # which keeps its pages as they are
                check_snapshot(file, reader.id())
        except BaseException:
            database.close()
            raise
        return database
    except lmdb.MapResizedError:  # another process has just made it grow
        raise LookupError(str(path)) from None
    except _DAMAGED as error:
        raise Unsound(str(error)) from None
    finally:
        os.close(file)


def _inode(folder: Path) -> int | None:
    try:
        return os.stat(folder / _FILE).st_ino
    except OSError:
        return None

"""What this machine refuses a command (a full disk, a missing right), and what a person can do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lmdb

from backbones.errors import InputError

_PLACES = "cache_dir (or ENSEMBLE_CACHE), --run-dir, --out or TMPDIR"
_ROOM = f"make room there, or name another place ({_PLACES})"
_RIGHT = f"give yourself the right to it, or name another place ({_PLACES})"
_FILES = "raise the limit (ulimit -n), or close other programs"
_MEMORY = "close other programs, or take networks or an image_size that need less"
_ANEW = "delete this folder, and run the same command again: it is computed anew"
_ELSEWHERE = f"run the same command again, or name another place ({_PLACES})"
_GONE = "it went, or was changed, while the command ran"
#: LMDB says no more where a disk gets full in the middle of a row.
_DISK = f"the disk is full, or fails; {_ROOM}"

#: What LMDB says of a file that it cannot read.
DAMAGED = (lmdb.InvalidError, lmdb.CorruptedError, lmdb.VersionMismatchError, lmdb.PanicError)

#: What to do, by the number of the error; in the order in which texts are searched for them.
_WAYS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EACCES: _RIGHT,
    errno.EPERM: _RIGHT,
    errno.EROFS: _RIGHT,
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.ENOMEM: _MEMORY,
    errno.EAGAIN: "close other programs, or raise the limit of processes (ulimit -u)",
    errno.ENAMETOOLONG: "give a shorter name, or a folder with a shorter path",
    errno.ENOENT: _GONE,
    errno.ENOTDIR: _GONE,
    errno.EISDIR: _GONE,
    errno.ESTALE: _GONE,
    errno.EIO: _DISK,
}

#: What libraries write where memory is lacking.
_OUT_OF_MEMORY = (
    "bad_alloc",
    "bad allocation",
    "OOM when allocating",
    "Unable to allocate",
    "MDB_MEMORY",
)

#: What they write where no thread can be started.
_NO_THREAD = ("pthread_create", "can't start new thread")


def describe_failure(error: BaseException, place: Path | str | None = None) -> str | None:
    """A line with place, reason and way on; None for an error that is not the machine's.

    Libraries hide an ``OSError`` in errors of their own, so that their texts are searched, too.

    Parameters
    ----------
    place : path or str, optional
        What was worked on, where the error does not name its file.

    >>> describe_failure(OSError(errno.EMFILE, "Too many open files", "a.jpg"))
    'a.jpg: too many open files; raise the limit (ulimit -n), or close other programs, and run the \
same command again: what was computed is kept'
    >>> describe_failure(ZeroDivisionError())
    """
    number = _find_number(error)
    if number is None and not isinstance(error, OSError):
        cause = error.__cause__
        return None if cause is None else describe_failure(cause, place)
    named = getattr(error, "filename", None)
    named = os.fsdecode(named) if isinstance(named, str | bytes) else _named_place(number, place)
    if number is None:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    else:
        reason = _lower_first(os.strerror(number))
    way = _WAYS.get(number or 0, "see to that")
    after = "and run the same command again: what was computed is kept"
    return f"{named}: {reason}; {way}, {after}"


@contextmanager
def store_failures(folder: Path) -> Iterator[None]:
    """Turn what LMDB refuses in this block into an ``InputError`` that names the store's folder."""
    try:
        yield
    except (lmdb.Error, OSError) as error:
        if isinstance(error, lmdb.Error) and _find_number(error) is None:
            way = _ANEW if isinstance(error, DAMAGED) else _ELSEWHERE
            raise InputError(f"{folder}: the store cannot be used: {error}; {way}") from error
        raise InputError(str(describe_failure(error, folder))) from error


def _find_number(error: BaseException) -> int | None:
    """The ``errno`` of an error, from its text where it has none."""
    if isinstance(error, OSError) and error.errno in errno.errorcode:
        return error.errno
    text = str(error)
    if isinstance(error, MemoryError) or any(sign in text for sign in _OUT_OF_MEMORY):
        return errno.ENOMEM
    if any(sign in text for sign in _NO_THREAD):
        return errno.EAGAIN
    if isinstance(error, RuntimeError | OSError | lmdb.Error) or _is_of_library(error):
        return next((number for number in _WAYS if os.strerror(number) in text), None)
    return None


def _is_of_library(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in ("tensorflow", "h5py", "openvino", "zipfile")


def _named_place(number: int | None, place: Path | str | None) -> str:
    if place is not None:
        return str(place)
    if number == errno.ENOMEM:
        return "memory"
    try:
        os.getcwd()
    except OSError:
        return "the working folder"
    return "a file, or what is printed"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]

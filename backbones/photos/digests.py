"""SHA-256 digests of photo files, cached until a file changes."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import lmdb

from backbones.disk.database import State, open_database, state, state_closed
from backbones.disk.discard import remove, warn_damaged
from backbones.disk.sealed import open_row, seal_row
from backbones.errors import InputError, first_ten
from backbones.failure import store_failures
from backbones.files import hash_file
from backbones.parallel import map_in_order

#: Maximal size of the database; it occupies only what is written, some 100 bytes a photo.
_MAP = 1 << 32

#: The coarsest time stamp of a file system, ns: a file may change twice within it, unnoticed.
_TICK = 2 * 10**9

#: The name in the seals of its rows.
_OWNER = b"digests"

#: A process may open the file once at a time.
_LOCK = threading.Lock()

#: Of files that were closed: what they were like then, so that they need not be looked at again.
_CLOSED: dict[Path, State] = {}


def photo_digests(
    paths: Sequence[Path], cache: Path, unreadable: dict[Path, str] | None = None
) -> list[str]:
    """Return the SHA-256 (hex) of each file, in the order of `paths`; read only changed files.

    A file is recognised by its path, size, inode, and times of modification and of status change.
    A change of its bytes that keeps all of these, on a clock that was set back, goes unnoticed
    here; extraction compares every photo that it reads with the digest.

    Parameters
    ----------
    cache : Path
        A folder, on a local disk, that keeps the digests.
    unreadable : dict, optional
        Takes what is wrong with files that cannot be read; their digests are empty.

    Raises
    ------
    InputError
        Files that cannot be read, all of them.
    """
    settled = time.time_ns() - _TICK
    states = {path: _state(path, settled) for path in paths}
    folder = _place(cache)
    with _LOCK, store_failures(folder), _opened(folder) as database:
        with database.begin() as cached:
            digests = {
                path: digest
                for path, state in states.items()
                if state and (digest := _cached(cached.get(state), state, folder))
            }
        uncached = [path for path in states if path not in digests]
        computed = compute_digests(uncached, unreadable)
        digests |= dict(zip(uncached, map(bytes.fromhex, computed), strict=True))
        added = [
            (state, seal_row(_OWNER, state, digests[path]))
            for path in uncached
            if digests[path] and (state := states[path])
        ]
        if added:
            with database.begin(write=True) as transaction:
                transaction.cursor().putmulti(added)
    return [digests[path].hex() for path in paths]


def compute_digests(paths: Sequence[Path], unreadable: dict[Path, str] | None = None) -> list[str]:
    """Read files in parallel and return the SHA-256 (hex) of each.

    Files that cannot be read are put into `unreadable`, where it is given, with what is wrong;
    their digests are empty.

    Raises
    ------
    InputError
        Files that cannot be read, all of them.
    """
    results = list(map_in_order(_digest, paths))
    failed = {
        path: f"{path}: it cannot be read: {result.strerror}"
        for path, result in zip(paths, results, strict=True)
        if isinstance(result, OSError)
    }
    if unreadable is not None:
        unreadable.update(failed)
    elif failed:
        raise InputError("photos that cannot be read:", first_ten(list(failed.values())))
    return ["" if isinstance(result, OSError) else result for result in results]


def files_by_digest(digests: Sequence[str], paths: Sequence[Path]) -> dict[str, list[Path]]:
    """The files of each photo, in their order; those whose digest is empty are left out."""
    files: dict[str, list[Path]] = {}
    for digest, path in zip(digests, paths, strict=True):
        if digest:
            files.setdefault(digest, []).append(path)
    return files


def forget_digests(cache: Path) -> None:
    """Delete the cached digests, so that every file is read again."""
    with store_failures(_place(cache)):
        remove(_place(cache))


@contextmanager
def _opened(folder: Path) -> Iterator[lmdb.Environment]:
    known = _CLOSED.pop(folder.absolute(), None)
    with open_database(folder, known, map_size=_MAP, metasync=False) as database:
        opened = state(folder)
        yield database
    closed = state_closed(folder, opened)
    if closed is not None:
        _CLOSED[folder.absolute()] = closed


def _place(cache: Path) -> Path:
    return cache / "digests"


def _cached(sealed: bytes | None, state: bytes, folder: Path) -> bytes | None:
    """The digest of a file in this state; None where it is not known, or damaged."""
    if sealed is None or len(sealed) == hashlib.sha256().digest_size:  # as older versions wrote it
        return None
    digest = open_row(_OWNER, state, sealed)
    if digest is None:
        warn_damaged(folder, "the digest of a photo")
        return None
    return bytes(digest)


def _state(path: Path, settled: int) -> bytes | None:
    """Return the cache key of a file; None if it is missing or too recent to be cached."""
    try:
        file = os.stat(path)
    except OSError:
        return None  # reading it reports the error, together with those of other files
    if max(file.st_mtime_ns, file.st_ctime_ns) > settled:
        return None
    state = (file.st_size, file.st_ino, file.st_mtime_ns, file.st_ctime_ns)
    return hashlib.sha256(repr(state).encode() + os.fsencode(os.path.abspath(path))).digest()


def _digest(path: Path) -> str | OSError:
    try:
        return hash_file(path)
    except OSError as error:
        return error

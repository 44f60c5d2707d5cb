"""SHA-256 of photos, photo_digests: a file that has not changed since is not read again."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import lmdb

from backbones.errors import InputError, first_ten
from backbones.parallel import map_in_order

#: What the file may grow to; only what is written takes up disk, some 100 bytes a photo.
_MAP = 1 << 32

#: Nanoseconds in which a file could be written to twice under one date, on any file system.
_TICK = 2 * 10**9

#: A process may open the file once at a time.
_LOCK = threading.Lock()


def photo_digests(paths: Sequence[Path], cache: Path) -> list[str]:
    """SHA-256 (hex) of each file, in the order of `paths`; only what is new or changed is read.

    A file is known again by its path, size, inode, and both its dates of change. What keeps all
    of these while its bytes change, on a clock that was set back, goes unnoticed here; extraction
    holds every photo that it reads against the digest.

    Parameters
    ----------
    cache : Path
        A folder, on a local disk, that keeps the digests.

    Raises
    ------
    InputError
        Files that cannot be read, all of them.
    """
    settled = time.time_ns() - _TICK
    states = {path: _state(path, settled) for path in paths}
    place = _place(cache)
    place.mkdir(parents=True, exist_ok=True)
    with _LOCK, lmdb.open(str(place), map_size=_MAP, metasync=False, max_readers=512) as memory:
        with memory.begin() as kept:
            known = ((path, kept.get(state)) for path, state in states.items() if state)
            found = {path: digest for path, digest in known if digest}
        new = [path for path in states if path not in found]
        found |= dict(zip(new, map(bytes.fromhex, compute_digests(new)), strict=True))
        entries = [(state, found[path]) for path in new if (state := states[path])]
        if entries:
            with memory.begin(write=True) as transaction:
                transaction.cursor().putmulti(entries)
    return [found[path].hex() for path in paths]


def compute_digests(paths: Sequence[Path]) -> list[str]:
    """SHA-256 (hex) of each file, read in parallel.

    Raises
    ------
    InputError
        Files that cannot be read, all of them.
    """
    found = list(map_in_order(_digest, paths))
    failed = [str(one) for one in found if isinstance(one, OSError)]
    if failed:
        raise InputError("photos that cannot be read:", first_ten(failed))
    return [str(one) for one in found]


def forget_digests(cache: Path) -> None:
    """Every file is read again, the next time."""
    shutil.rmtree(_place(cache), ignore_errors=True)


def _place(cache: Path) -> Path:
    return cache / "digests"


def _state(path: Path, settled: int) -> bytes | None:
    """The key of a file as it is now; None where it is missing, or its date may yet serve twice."""
    try:
        file = os.stat(path)
    except OSError:
        return None  # it is to be read, and then named with the others
    if max(file.st_mtime_ns, file.st_ctime_ns) > settled:
        return None
    state = (file.st_size, file.st_ino, file.st_mtime_ns, file.st_ctime_ns)
    return hashlib.sha256(repr(state).encode() + os.fsencode(os.path.abspath(path))).digest()


def _digest(path: Path) -> str | OSError:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return error

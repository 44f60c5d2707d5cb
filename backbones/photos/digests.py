"""SHA-256 digests of photos, cached until a photo changes."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

from backbones.disk.database import opened_once
from backbones.disk.discard import remove, warn_damaged
from backbones.disk.sealed import open_row, seal_row
from backbones.errors import InputError, first_ten
from backbones.failure import store_failures
from backbones.files import hash_file
from backbones.parallel import map_in_order
from backbones.photos.facts import Facts, forget_facts, remote_facts
from backbones.progress import Progress
from backbones.remote.photo import Photo, RemotePhoto

#: Maximal size of the database; it occupies only what is written, some 100 bytes a photo.
_MAP = 1 << 32

#: The coarsest time stamp of a file system, ns: a file may change twice within it, unnoticed.
_TICK = 2 * 10**9

#: The name in the seals of its rows.
_OWNER = b"digests"


def photo_digests(
    photos: Sequence[Photo],
    cache: Path,
    unreadable: dict[Photo, str] | None = None,
    progress: Progress | None = None,
) -> list[str]:
    """Return the SHA-256 (hex) of each photo, in their order; read only those that changed.

    A file is recognised by its path, size, inode, and times of modification and of status change.
    A change of its bytes that keeps all of these, on a clock that was set back, goes unnoticed
    here; extraction compares every photo that it reads with the digest. For photos behind URLs see
    ``remote_facts``.

    Parameters
    ----------
    cache : Path
        A folder, on a local disk, that keeps the digests.
    unreadable : dict, optional
        Takes what is wrong with photos that cannot be read; their digests are empty.
    progress : Progress, optional
        Shows downloads.

    Raises
    ------
    InputError
        Photos that cannot be read, all of them; or the place of some cannot be.
    """
    failed: dict[Photo, str] = {}
    files = [one for one in photos if isinstance(one, Path)]
    found = _file_digests(files, cache, failed)
    for photo, facts in remote_facts(_remote(photos), cache, progress).items():
        found[photo] = facts.digest if isinstance(facts, Facts) else ""
        if isinstance(facts, OSError):
            failed[photo] = _refusal(photo, facts)
    _tell(failed, unreadable)
    return [found[photo] for photo in photos]


def _file_digests(paths: Sequence[Path], cache: Path, failed: dict[Photo, str]) -> dict[Photo, str]:
    settled = time.time_ns() - _TICK
    states = {path: _state(path, settled) for path in paths}
    folder = _place(cache)
    settings = {"map_size": _MAP, "metasync": False}
    with store_failures(folder), opened_once(folder, **settings) as database:
        with database.begin() as cached:
            digests = {
                path: digest
                for path, state in states.items()
                if state and (digest := _cached(cached.get(state), state, folder))
            }
        uncached = [path for path in states if path not in digests]
        computed = compute_digests(uncached, failed)
        digests |= dict(zip(uncached, map(bytes.fromhex, computed), strict=True))
        added = [
            (state, seal_row(_OWNER, state, digests[path]))
            for path in uncached
            if digests[path] and (state := states[path])
        ]
        if added:
            with database.begin(write=True) as transaction:
                transaction.cursor().putmulti(added)
    return {path: digest.hex() for path, digest in digests.items()}


def compute_digests(paths: Sequence[Path], unreadable: dict[Photo, str] | None = None) -> list[str]:
    """Read files in parallel and return the SHA-256 (hex) of each.

    Files that cannot be read are put into `unreadable`, where it is given, with what is wrong;
    their digests are empty.

    Raises
    ------
    InputError
        Files that cannot be read, all of them.
    """
    results = list(map_in_order(_digest, paths))
    failed: dict[Photo, str] = {
        path: _refusal(path, result)
        for path, result in zip(paths, results, strict=True)
        if isinstance(result, OSError)
    }
    _tell(failed, unreadable)
    return ["" if isinstance(result, OSError) else result for result in results]


def files_by_digest(digests: Sequence[str], paths: Sequence[Photo]) -> dict[str, list[Photo]]:
    """The files of each photo, in their order; those whose digest is empty are left out."""
    files: dict[str, list[Photo]] = {}
    for digest, path in zip(digests, paths, strict=True):
        if digest:
            files.setdefault(digest, []).append(path)
    return files


def forget_digests(cache: Path) -> None:
    """Delete the cached digests, so that every photo is read again."""
    forget_facts(cache)
    with store_failures(_place(cache)):
        remove(_place(cache))


def _remote(photos: Sequence[Photo]) -> list[RemotePhoto]:
    return [one for one in photos if isinstance(one, RemotePhoto)]


def _refusal(photo: Photo, error: OSError) -> str:
    return f"{photo}: it cannot be read: {error.strerror}"


def _tell(failed: dict[Photo, str], unreadable: dict[Photo, str] | None) -> None:
    """Hand on what cannot be read, or refuse it."""
    if unreadable is not None:
        unreadable.update(failed)
    elif failed:
        raise InputError("photos that cannot be read:", first_ten(list(failed.values())))


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

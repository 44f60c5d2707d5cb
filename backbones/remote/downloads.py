"""Photos that were downloaded, kept on this disk for as long as there is room for them."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections import deque
from contextlib import suppress
from functools import cache
from pathlib import Path

from backbones.disk.sealed import read_sealed, write_sealed

#: The folder in the cache.
ROOM = "downloads"

#: Most bytes of photos that are kept, and most of what is free on the disk.
_MOST, _SHARE = 10 * 2**30, 0.5

_KEY = re.compile("[0-9a-f]{64}")


class Downloads:
    """Photos by their keys, in a folder of bounded size.

    A fit reads each photo twice: for its digest, by which everything else is kept, and, once all
    digests are known, for the networks. Up to 10 GiB, and half of what the disk has free, are kept
    in between and after, so that a photo is downloaded once, and not again for another backbone.
    Where photos take more, those that this process has seen first stay, as both passes run through
    all of them in one order and would find nothing of what came last; the others are downloaded
    twice in the first run, and never in a second one. What no process has used for longest makes
    room first.

    Threads may share it, and processes the folder.
    """

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self._folder = folder
        self._limit = _MOST if most is None else most
        self._bounded_by_disk = most is None
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}  #: of all
        self._others: deque[str] | None = None  #: not used by this process so far, oldest first
        self._own: set[str] = set()
        self._total = 0

    def read(self, key: str) -> bytes | None:
        """The bytes of a photo; None where it is not kept."""
        path = self._folder / key
        data = read_sealed(path)
        if data is not None:
            with suppress(OSError):
                os.utime(path)  # by which it is known when it was used last
            self._own.add(key)
        return data

    def keep(self, key: str, data: bytes) -> None:
        """Keep a photo, if there is room for it."""
        with self._lock:
            if not self._make_room(len(data)):
                return
            self._own.add(key)
            self._total += len(data) - self._sizes.get(key, 0)
            self._sizes[key] = len(data)
        with suppress(OSError):  # it will have to be downloaded again, and that is all
            write_sealed(self._folder / key, data)

    def _make_room(self, size: int) -> bool:
        if self._others is None:
            self._others = deque(self._look())
        while self._total + size > self._limit and self._others:
            key = self._others.popleft()
            if key not in self._own:
                with suppress(OSError):
                    (self._folder / key).unlink()
                self._total -= self._sizes.pop(key, 0)
        return self._total + size <= self._limit

    def _look(self) -> list[str]:
        """The photos that are there, those first that were not used for longest."""
        self._folder.mkdir(parents=True, exist_ok=True)
        found = []
        with os.scandir(self._folder) as files:
            for file in files:
                if _KEY.fullmatch(file.name):
                    state = file.stat(follow_symlinks=False)
                    found.append((state.st_mtime, file.name))
                    self._sizes[file.name] = state.st_size
        self._total = sum(self._sizes.values())
        if self._bounded_by_disk:
            free = shutil.disk_usage(self._folder).free
            self._limit = min(_MOST, int(_SHARE * (free + self._total)))
        return [name for _, name in sorted(found)]


@cache
def open_downloads(cache: Path) -> Downloads:
    """Those in a cache folder; one object a process, which counts them."""
    return Downloads(cache / ROOM)

"""Features in files that are written once, so that many machines may write side by side."""

from __future__ import annotations

import hashlib
import os
import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backbones.disk.discard import discard
from backbones.disk.sealed import open_row, seal_row, sealed_length
from backbones.errors import InputError
from backbones.failure import store_failures
from backbones.files import atomic_write

Features = npt.NDArray[np.floating]

#: The folder in that of a store, and the ending of its files.
ROOM, SUFFIX = "shards", ".shard"

#: Bytes of a photo's SHA-256, and how the number of a shard's photos is written.
_KEY, _COUNT = 32, struct.Struct("<Q")


class _Row(NamedTuple):
    """Where a sealed row lies."""

    file: Path
    offset: int


class Shards:
    """Rows (length,) of `dtype` by the SHA-256 of a photo's bytes, in the folder of a store.

    A shard is a number n, then the keys of n photos, then their sealed rows. It appears whole or
    not at all and never changes, so that the folder may lie on a file system that machines share,
    where no lock can be relied upon. One with a damaged row is discarded whole. What each method
    does, ``backbones.features.store.Store`` says.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Shards(Path(folder), length=2).write(["0a" * 32], np.ones((1, 2), dtype=np.float32))
    ...     other = Shards(Path(folder), length=2)
    ...     other.missing(["0a" * 32, "0b" * 32]) == ["0b" * 32], other.read(["0a" * 32]).tolist()
    (True, [[1.0, 1.0]])
    """

    def __init__(self, store: Path, length: int, dtype: str = "float32") -> None:
        self.length = length
        self.dtype = np.dtype(dtype).newbyteorder("<")
        self._sealed = sealed_length(length * self.dtype.itemsize)  #: bytes of a row with its seal
        self._folder = store / ROOM
        self._owner = store.resolve().name.encode()
        self._rows: dict[str, _Row] = {}
        self._listed: set[Path] = set()
        self._whole: set[str] = set()
        self._lock = threading.Lock()

    def missing(self, keys: Sequence[str], checked: bool = True) -> list[str]:
        """Return the keys without a row, in the order given; see ``Store``."""
        if not keys:
            return []
        self._look()
        if checked:
            self._find([key for key in keys if key in self._rows])
        return [key for key in keys if key not in self._rows]

    def write(self, keys: Sequence[str], rows: Features) -> None:
        """Write rows (n, length) of `n` photos as a shard; the same photos once more, over it."""
        rows = np.ascontiguousarray(rows, dtype=self.dtype)
        if rows.shape != (len(keys), self.length):
            raise ValueError(f"features must be {(len(keys), self.length)}, not {rows.shape}")
        names = [bytes.fromhex(key) for key in keys]
        sealed = [
            seal_row(self._owner, name, row.tobytes())
            for name, row in zip(names, rows, strict=True)
        ]
        title = hashlib.sha256(b"".join(names)).hexdigest()[:32]
        with (
            store_failures(self._folder),
            atomic_write(self._folder / f"{title}{SUFFIX}") as partial,
            partial.open("wb") as file,
        ):
            file.writelines([_COUNT.pack(len(names)), *names, *sealed])

    def read(self, keys: Sequence[str]) -> Features:
        """Return the rows (n, length) of `n` keys.

        Raises
        ------
        InputError
            Those of a photo were removed, or damaged, while in use.
        """
        found = self.find(keys)
        for key in keys:
            if key not in found:
                raise InputError(
                    f"{self._folder.parent}: what was kept there of the photo {key} was removed or "
                    "damaged while it was in use; run again: it is computed anew"
                )
        rows = [found[key] for key in keys]
        return np.stack(rows) if rows else np.empty((0, self.length), self.dtype)

    def find(self, keys: Sequence[str]) -> dict[str, Features]:
        """Return the rows of those keys that have a whole one."""
        if any(key not in self._rows for key in keys):
            self._look()
        return self._find(keys)

    def close(self) -> None:
        """Nothing is held open."""

    def _find(self, keys: Sequence[str]) -> dict[str, Features]:
        by_file: dict[Path, list[str]] = {}
        for key in keys:
            if (row := self._rows.get(key)) is not None:
                by_file.setdefault(row.file, []).append(key)
        found = {}
        with store_failures(self._folder):
            for file, some in by_file.items():
                found.update(self._read_file(file, some))
        return found

    def _read_file(self, path: Path, keys: Sequence[str]) -> dict[str, Features]:
        """Rows of one shard; none, where one of them is damaged: it is discarded."""
        found = {}
        try:
            with path.open("rb") as file:
                for key in keys:
                    file.seek(self._rows[key].offset)
                    row = self._open_row(key, file.read(self._sealed))
                    if row is None:
                        self._discard(path, "a row in it is another one")
                        return {}
                    found[key] = np.frombuffer(row, self.dtype)
        except FileNotFoundError:  # another process has discarded it
            self._forget(path)
            return {}
        return found

    def _open_row(self, key: str, sealed: bytes) -> bytes | memoryview | None:
        """A row without its seal, which is compared once; None where it is damaged."""
        size = self.length * self.dtype.itemsize
        if key in self._whole and len(sealed) == self._sealed:
            return sealed[:size]
        row = open_row(self._owner, bytes.fromhex(key), sealed)
        if row is None or len(row) != size:
            return None
        self._whole.add(key)
        return row

    def _look(self) -> None:
        """Take note of shards that have come since."""
        with self._lock, store_failures(self._folder):
            for path in sorted(self._folder.glob(f"*{SUFFIX}")):
                if path not in self._listed:
                    self._list(path)

    def _list(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                count = int.from_bytes(file.read(_COUNT.size), "little")
                is_whole = size == _COUNT.size + count * (_KEY + self._sealed)
                names = file.read(count * _KEY) if is_whole else b""
        except FileNotFoundError:  # another process has discarded it
            return
        if not is_whole:
            self._discard(path, "it has another length")
            return
        self._listed.add(path)
        start = _COUNT.size + len(names)
        for number in range(count):
            name = names[number * _KEY : (number + 1) * _KEY]
            self._rows[name.hex()] = _Row(path, start + number * self._sealed)

    def _discard(self, path: Path, reason: str) -> None:
        discard(path, reason)
        self._forget(path)

    def _forget(self, path: Path) -> None:
        self._listed.discard(path)
        for key in [key for key, row in self._rows.items() if row.file == path]:
            del self._rows[key]

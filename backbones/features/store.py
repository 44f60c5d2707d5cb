"""Features on disk, by the content of the photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import lmdb
import numpy as np
import numpy.typing as npt

#: The size a file may grow to before it is mapped anew. Only what is written takes up disk.
_FIRST_MAP = 1 << 28

Features = npt.NDArray[np.floating]

Opened = TypeVar("Opened")


class FeatureStore:
    """The features of one backbone: SHA-256 of a photo's bytes -> (length,) of `dtype`.

    An LMDB file in `folder`: rows are committed whole or not at all, however the process ends;
    several processes may read and write at once; reading goes through a memory map. The folder
    must lie on a local disk.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = FeatureStore(Path(folder), length=2)
    ...     store.write(["0a", "0b"], np.array([[1, 2], [3, 4]], dtype=np.float32))
    ...     missing = store.missing(["0b", "0c"])
    ...     rows = store.read(["0b", "0a"])
    ...     store.close()
    >>> missing, rows.tolist()
    (['0c'], [[3.0, 4.0], [1.0, 2.0]])
    """

    def __init__(self, folder: Path, length: int, dtype: str = "float32") -> None:
        self.length = length
        self.dtype = np.dtype(dtype).newbyteorder("<")
        folder.mkdir(parents=True, exist_ok=True)
        # metasync=False: six times the rate of writing; a loss of power may undo the last commit.
        self._lmdb = lmdb.open(
            str(folder), map_size=_FIRST_MAP, metasync=False, max_readers=512, max_dbs=1
        )
        # To look a row up reads all of it, gigabytes where maps are kept; here are keys alone.
        self._keys = self._retry_resized(lambda: self._lmdb.open_db(b"keys"))

    def missing(self, digests: Sequence[str]) -> list[str]:
        """Those of the photos that have no features here, in the order given."""
        with self._begin_reading() as kept:
            return [
                digest
                for digest in digests
                if kept.get(bytes.fromhex(digest), db=self._keys) is None
            ]

    def write(self, digests: Sequence[str], features: Features) -> None:
        """Commits rows (n, length) for the `n` photos: all of them are on disk, or none."""
        rows = np.ascontiguousarray(features, dtype=self.dtype)
        if rows.shape != (len(digests), self.length):
            raise ValueError(f"features must be {(len(digests), self.length)}, not {rows.shape}")
        pairs = [
            (bytes.fromhex(digest), row.tobytes())
            for digest, row in zip(digests, rows, strict=True)
        ]
        while True:
            try:
                with self._lmdb.begin(write=True) as transaction:
                    transaction.cursor().putmulti(pairs)
                    transaction.cursor(self._keys).putmulti((key, b"") for key, _ in pairs)
                return
            except lmdb.MapFullError:
                self._lmdb.set_mapsize(2 * self._lmdb.info()["map_size"])
            except lmdb.MapResizedError:
                self._lmdb.set_mapsize(0)

    def read(self, digests: Sequence[str]) -> Features:
        """Rows (n, length) of `n` photos.

        Raises
        ------
        KeyError
            A photo has no features here.
        """
        found = np.empty((len(digests), self.length), dtype=self.dtype)
        with self._begin_reading() as rows:
            for index, digest in enumerate(digests):
                row = rows.get(bytes.fromhex(digest))
                if row is None:
                    raise KeyError(digest)
                found[index] = np.frombuffer(row, dtype=self.dtype)
        return found

    def close(self) -> None:
        self._lmdb.close()

    def _begin_reading(self) -> lmdb.Transaction:
        return self._retry_resized(lambda: self._lmdb.begin(buffers=True))

    def _retry_resized(self, opened: Callable[[], Opened]) -> Opened:
        """What is opened; once more where another process has made the file grow."""
        try:
            return opened()
        except lmdb.MapResizedError:
            self._lmdb.set_mapsize(0)
            return opened()

"""Features on disk, by the content of the photo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from backbones.disk.discard import warn_damaged
from backbones.engines import EngineChoice
from backbones.errors import InputError
from backbones.features.environment import open_environment
from backbones.features.key import features_key
from backbones.features.label import label_store
from backbones.features.shards import Features, Shards
from backbones.networks.backbone import Backbone
from backbones.plural import count

#: The folder in the cache.
ROOM = "features"


def open_store(backbone: Backbone, cache: Path, engine: EngineChoice) -> FeatureStore:
    """Open the features of a backbone by an engine in the cache folder, labelled as used now."""
    folder = cache / ROOM / features_key(backbone, engine)[:32]
    store = FeatureStore(folder, backbone.length, backbone.dtype)
    label_store(folder, backbone)
    return store


class Store(Protocol):
    """Rows of numbers by a key: on disk, or in memory alone."""

    length: int  #: of a row

    def missing(self, keys: Sequence[str], checked: bool = True) -> list[str]:
        """Return the keys without a row, in the order given.

        `checked`: those with a damaged one are among them. It reads all rows, once.
        """

    def write(self, keys: Sequence[str], rows: Features) -> None:
        """Keep rows (n, length) for `n` keys."""

    def read(self, keys: Sequence[str]) -> Features:
        """Return the rows (n, length) of `n` keys, each of which must have one."""

    def close(self) -> None:
        """Close what the store holds open."""


class FeatureStore:
    """The features of one backbone: SHA-256 of a photo's bytes -> (length,) of `dtype`.

    An LMDB file in `folder`: rows are committed whole or not at all, however the process ends;
    several processes may read and write at once; reading goes through a memory map. Where the
    folder lies on a file system that machines share, only one of them may use that file; what the
    others have computed lies beside it, in ``Shards``.

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
        self.folder = folder
        self.length = length
        self.dtype = np.dtype(dtype).newbyteorder("<")
        self._file = open_environment(folder)
        self.shards = Shards(folder, length, dtype)

    def missing(self, keys: Sequence[str], checked: bool = True) -> list[str]:
        """Return the photos without features here, in the order given.

        `checked`: also those with damaged ones, which are discarded, and said. It reads all rows,
        once; without it they are looked up by name alone.
        """
        damaged: list[bytes] = []
        absent = []
        with self._file.reading() as kept:
            for key in keys:
                name = bytes.fromhex(key)
                if kept.get(name, db=self._file.keys) is None:
                    absent.append(key)
                elif checked and self._file.row(kept, name, self._bytes) is None:
                    absent.append(key)
                    damaged.append(name)
        self._discard(damaged)
        return self.shards.missing(absent, checked)

    def write(self, keys: Sequence[str], rows: Features) -> None:
        """Commit rows (n, length) for `n` photos: all of them are on disk, or none."""
        rows = np.ascontiguousarray(rows, dtype=self.dtype)
        if rows.shape != (len(keys), self.length):
            raise ValueError(f"features must be {(len(keys), self.length)}, not {rows.shape}")
        pairs = [(bytes.fromhex(key), row.tobytes()) for key, row in zip(keys, rows, strict=True)]
        self._file.write(pairs)

    def read(self, keys: Sequence[str]) -> Features:
        """Rows (n, length) of `n` photos.

        Raises
        ------
        InputError
            Those of a photo were removed, or damaged, while in use; damaged ones are discarded.
        """
        found = np.empty((len(keys), self.length), dtype=self.dtype)
        elsewhere = []
        with self._file.reading() as kept:
            for index, key in enumerate(keys):
                row = self._file.row(kept, bytes.fromhex(key), self._bytes)
                if row is None:
                    elsewhere.append(index)
                else:
                    found[index] = np.frombuffer(row, dtype=self.dtype)
        if elsewhere:
            found[elsewhere] = self._read_shards([keys[index] for index in elsewhere])
        return found

    def close(self) -> None:
        """Close the file; the store cannot be used any more."""
        self._file.close()

    @property
    def _bytes(self) -> int:
        return self.length * self.dtype.itemsize

    def _read_shards(self, keys: Sequence[str]) -> Features:
        try:
            return self.shards.read(keys)
        except InputError:
            self._discard([bytes.fromhex(key) for key in keys])
            raise

    def _discard(self, damaged: Sequence[bytes]) -> None:
        if damaged and (rows := self._file.discard_damaged(damaged, self._bytes)):
            warn_damaged(self.folder, f"rows of {count(rows, 'photo')}")


class TransientStore:
    """Rows in memory, which go with the process; see ``FeatureStore`` for those on disk.

    Parameters
    ----------
    behind : FeatureStore, optional
        Rows that it holds already are read from there; nothing is written to it.

    >>> store = TransientStore(length=2)
    >>> store.write(["a"], np.array([[1, 2]]))
    >>> store.missing(["a", "b"]), store.read(["a"]).tolist()
    (['b'], [[1.0, 2.0]])
    """

    def __init__(
        self, length: int, dtype: str = "float32", behind: FeatureStore | None = None
    ) -> None:
        self.length = length
        self.dtype = np.dtype(dtype)
        self._behind = behind
        self._rows: dict[str, Features] = {}

    def missing(self, keys: Sequence[str], checked: bool = True) -> list[str]:
        """Return the keys without a row, here or behind, in the order given."""
        absent = [key for key in keys if key not in self._rows]
        return absent if self._behind is None else self._behind.missing(absent, checked)

    def write(self, keys: Sequence[str], rows: Features) -> None:
        """Keep rows (n, length) for `n` keys."""
        self._rows.update(zip(keys, np.asarray(rows, dtype=self.dtype), strict=True))

    def read(self, keys: Sequence[str]) -> Features:
        """Return the rows (n, length) of `n` keys; a ``KeyError`` where one was never written.

        Of what lies behind: see ``FeatureStore.read``.
        """
        found = np.empty((len(keys), self.length), dtype=self.dtype)
        behind = [index for index, key in enumerate(keys) if key not in self._rows]
        if behind and self._behind is None:
            raise KeyError(keys[behind[0]])
        if self._behind is not None and behind:
            found[behind] = self._behind.read([keys[index] for index in behind])
        for index, key in enumerate(keys):
            if key in self._rows:
                found[index] = self._rows[key]
        return found

    def keep(self, keys: Collection[str]) -> None:
        """Forget the rows in memory, but for those of these keys."""
        self._rows = {key: self._rows[key] for key in keys if key in self._rows}

    def close(self) -> None:
        """Close the store behind."""
        if self._behind is not None:
            self._behind.close()

"""Which photos show which item: several photos of one thing, which has one target."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.key import key

Strings = npt.NDArray[np.str_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Items:
    """Photos by item; every array has one entry a photo, and those of an item follow each other.

    >>> items = Items(np.array(["a", "b", "c"]), np.array([0, 0, 1]))
    >>> items.mean(np.array([1.0, 3.0, 5.0]))
    array([2., 5.])
    >>> items.spread(np.array([7, 8]))
    array([7, 7, 8])
    """

    photos: Strings  #: the name of each
    item: Rows  #: the position of its item, 0, 0, 1, ...; each item has one photo at least
    view: Strings | None = None  #: what it shows of the item; empty where that is not known

    def __len__(self) -> int:
        """How many items there are."""
        return int(self.item[-1]) + 1 if len(self.item) else 0

    @classmethod
    def of_parts(cls, photos: Sequence[Sequence[str]], views: Sequence[Sequence[str]]) -> Items:
        """From the names and the views of the photos of each item; without views, empty ones."""
        item = np.repeat(np.arange(len(photos)), [len(part) for part in photos])
        return cls(np.concatenate(photos), item, np.concatenate(views))

    @property
    def starts(self) -> Rows:
        """The position of each item's first photo."""
        return np.flatnonzero(np.diff(self.item, prepend=-1))

    def rows(self, item: int) -> Rows:
        """The positions of the photos of an item."""
        return np.arange(*np.searchsorted(self.item, [item, item + 1]))

    def take(self, items: Rows) -> tuple[Rows, Items]:
        """The positions of the photos of these items, one after the other; and the items so."""
        parts = [self.rows(int(item)) for item in items]
        rows = np.concatenate([np.empty(0, dtype=np.intp), *parts])
        item = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        return rows, self._of(rows, item)

    def keep(self, photos: Rows) -> tuple[Rows, Items]:
        """The positions of the items that have some of these photos, increasing; and they so."""
        left, item = np.unique(self.item[photos], return_inverse=True)
        return left, self._of(photos, item)

    def without(self, photos: Collection[int]) -> list[int]:
        """The positions of the items that have no other photos than these."""
        left = [row for row in range(len(self.item)) if row not in photos]
        return sorted({*range(len(self))} - {*self.item[left].tolist()})

    def mean(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """The mean over each item's photos, float64 (items, ...), of values (photos, ...).

        That of an item is the same to the bit, whichever others are there.
        """
        sums = np.add.reduceat(np.asarray(values, dtype=np.float64), self.starts, axis=0)
        photos = np.bincount(self.item).reshape(-1, *(1,) * (sums.ndim - 1))
        return np.asarray(sums / photos)

    def spread(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Each photo has what its item has: (photos, ...) of values (items, ...)."""
        return values[self.item]

    def digests(self, photos: Sequence[str], views: bool) -> list[str]:
        """SHA-256 (hex) of each item, by the digests of all photos and, if asked for, the views."""
        return [
            digest_item([photos[row] for row in rows], self.views_of(rows) if views else ())
            for rows in map(self.rows, range(len(self)))
        ]

    def views_of(self, rows: Rows) -> list[str]:
        """The views of photos; empty where none are known."""
        return [""] * len(rows) if self.view is None else self.view[rows].tolist()

    def _of(self, photos: Rows, item: Rows) -> Items:
        view = None if self.view is None else self.view[photos]
        return Items(self.photos[photos], item, view)


def digest_item(photos: Sequence[str], views: Sequence[str]) -> str:
    """SHA-256 (hex) of an item, by the digests of its photos and what they show."""
    return key([list(photos), list(views)])

"""Feature maps of photos, read from their stores a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import numpy.typing as npt

from backbones.features.store import Store
from backbones.networks.network import Shape

Rows = npt.NDArray[np.intp]
Half = npt.NDArray[np.float16]


@dataclass(frozen=True)
class Source:
    """The store of a backbone, and the height, width and channels of each map in its rows."""

    store: Store
    shapes: tuple[Shape, ...]

    def read(self, keys: Sequence[str]) -> list[Half]:
        """Each map of the photos with these keys, float16 (len(keys), h, w, c)."""
        found = self.store.read(keys)
        ends = np.cumsum([prod(shape) for shape in self.shapes])[:-1]
        return [
            part.reshape(len(keys), *shape)
            for part, shape in zip(np.split(found, ends, axis=1), self.shapes, strict=True)
        ]


@dataclass(frozen=True)
class Maps:
    """The maps of a sequence of photos by one backbone or several; ``read`` reads them.

    Indexed by positions it is the same of fewer photos, as a matrix would be.
    """

    sources: tuple[Source, ...]
    photos: Sequence[str]  #: the key of each in the stores
    size: tuple[int, int]  #: height and width of the largest network's input, pixels

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Height, width, channels of each map, source by source."""
        return tuple(shape for source in self.sources for shape in source.shapes)

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, rows: Rows) -> Maps:
        return replace(self, photos=[self.photos[row] for row in rows])

    def read(self, rows: Rows) -> list[Half]:
        """Each map of the photos at these positions, float16 (len(rows), h, w, c).

        Raises
        ------
        InputError
            Those of a photo were removed, or damaged, while in use.
        """
        keys = [self.photos[row] for row in rows]
        return [one for source in self.sources for one in source.read(keys)]

"""Feature maps of photos, read from their stores a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import numpy.typing as npt

from backbones.features.store import Store
from backbones.networks.network import Shape
from backbones.photos.tiles import Layout

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

    Indexed by positions it is the same of fewer photos, as a matrix would be. Of photos in tiles it
    is ``frames`` that have maps: the tiles, one photo's after the other's.
    """

    sources: tuple[Source, ...]
    photos: Sequence[str]  #: the key of each in the stores
    size: tuple[int, int]  #: height and width of the largest network's input, pixels
    layouts: Sequence[Layout] | None = None  #: of photos that are seen in tiles

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Height, width, channels of each map, source by source."""
        return tuple(shape for source in self.sources for shape in source.shapes)

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, rows: Rows) -> Maps:
        layouts = None if self.layouts is None else [self.layouts[row] for row in rows]
        return replace(self, photos=[self.photos[row] for row in rows], layouts=layouts)

    @property
    def frames(self) -> Maps:
        """The maps of what the networks saw: the photos, or their tiles."""
        if self.layouts is None:
            return self
        pairs = zip(self.photos, self.layouts, strict=True)
        tiles = [tile for photo, layout in pairs for tile in layout.keys(photo)]
        return replace(self, photos=tiles, layouts=None)

    def read(self, rows: Rows) -> list[Half]:
        """Each map of the photos at these positions, float16 (len(rows), h, w, c).

        Raises
        ------
        InputError
            Those of a photo were removed, or damaged, while in use.
        """
        keys = [self.photos[row] for row in rows]
        return [one for source in self.sources for one in source.read(keys)]

"""Feature maps of photos, read from the store a batch at a time."""

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
class Maps:
    """The maps of a sequence of photos; nothing is read before ``read``.

    Indexed by positions it is the same of fewer photos, as a matrix would be.
    """

    store: Store
    photos: Sequence[str]  #: the key of each in the store
    size: tuple[int, int]  #: height and width of the network's input, pixels
    shapes: tuple[Shape, ...]  #: height, width, channels of each map

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
        found = self.store.read([self.photos[row] for row in rows])
        ends = np.cumsum([prod(shape) for shape in self.shapes])[:-1]
        return [
            part.reshape(len(rows), *shape)
            for part, shape in zip(np.split(found, ends, axis=1), self.shapes, strict=True)
        ]

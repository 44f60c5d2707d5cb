"""Some new photos with their densities: what maps, regions and points are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.remote.photo import Photo
from ensemble.densities.frame import Frame
from ensemble.densities.share import spread

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Placed:
    """A photo, and where a member sees the number."""

    name: str
    path: Photo
    frame: Frame
    density: npt.NDArray[np.float32]  #: (rows, columns) over what the network saw
    total: float  #: the stack's prediction, not below 0

    @cached_property
    def folded(self) -> Numbers:
        """The density over the cells of the photo, which adds up to the stack's prediction."""
        return spread(self.frame.fold(self.density), self.total)


class Taker(Protocol):
    """Makes something of photos, block by block."""

    def take(self, photos: Sequence[Placed]) -> None:
        """Take the next photos."""

    def table(self) -> pd.DataFrame:
        """What was made of all of them."""

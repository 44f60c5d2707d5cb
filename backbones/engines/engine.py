"""What every engine can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

Photos = npt.NDArray[np.uint8]
Features = npt.NDArray[np.float32]

#: Takes the features of a batch, in whichever thread they come to be.
Callback = Callable[[Features], None]


class Engine(Protocol):
    """Runs batches of photos, uint8 (n, height, width, 3), into features, float32 (n, d)."""

    batch: int  #: photos at once at which it is fastest; may fall where they do not fit

    def start(self, photos: Photos, done: Callback) -> None:
        """Hands a batch over; `done` gets its features, now or later. Waits while all is busy."""

    def wait(self) -> None:
        """Returns when every batch is done; raises, at the latest, what went wrong."""

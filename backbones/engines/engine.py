"""The interface of all engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

Photos = npt.NDArray[np.uint8]
Features = npt.NDArray[np.float32]

#: Called with the features of a batch, in any thread.
Callback = Callable[[Features], None]


class Engine(Protocol):
    """Computes features, float32 (n, d), of batches of photos, uint8 (n, height, width, 3)."""

    batch: int  #: the fastest number of photos a batch; reduced if they exceed the memory

    def start(self, photos: Photos, done: Callback) -> None:
        """Submit a batch; `done` is called with its features. Blocks while the queue is full."""

    def wait(self) -> None:
        """Wait until every batch is done; raise any error that `start` has not raised."""

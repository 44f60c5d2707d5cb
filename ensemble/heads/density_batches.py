"""The photos that the ``density`` head learns from, and the batches in which they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Training:
    """Training data of the network, one entry a photo."""

    maps: Maps
    target: Floats  #: (n,)
    density: Floats  #: (n, rows, columns)
    located: Floats  #: (n,), 1 if the density is known, 0 if only the count is
    weights: Floats  #: (n,)


def batches(
    training: Training, size: int, random: np.random.RandomState
) -> Iterator[tuple[Any, Any, Any]]:
    """Yield batches endlessly, with half of the photos mirrored.

    The photos come in a new order each time all of them have come. Every batch is of one size, for
    which TensorFlow traces one graph.
    """
    size, waiting = min(size, len(training.target)), np.empty(0, dtype=np.intp)
    while True:
        if len(waiting) < size:
            waiting = np.concatenate([waiting, random.permutation(len(training.target))])
        rows, waiting = waiting[:size], waiting[size:]
        mirror = random.rand(len(rows)) < 0.5
        density, *maps = training.density[rows], *training.maps.read(rows)
        _mirror(np.flatnonzero(mirror), density, *maps)
        truth = {
            "density": density,
            "count": training.target[rows, np.newaxis],
            "cover": (density > 0).astype(np.float32),
        }
        weights = training.weights[rows]
        located = weights * training.located[rows]
        yield tuple(maps), truth, {"density": located, "count": weights, "cover": located}


def _mirror(rows: Rows, *maps: Any) -> None:
    """Mirror the photos at these rows, in place; one by one, so that each stays in the cache."""
    for one in maps:
        for row in rows:
            one[row] = one[row, :, ::-1].copy()

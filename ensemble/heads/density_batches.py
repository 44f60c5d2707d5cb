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
class Labelled:
    """Where in the photos the labels are, if those of some are of parts; one entry a photo."""

    inside: Floats  #: (n, rows, columns), the share of each cell in which objects are labelled
    regions: Floats  #: (n, rows, columns, k), the shares that each count is of
    counts: Floats  #: (n, k, 2), each count, and 1 if it is known


@dataclass(frozen=True)
class Training:
    """Training data of the network, one entry a photo."""

    maps: Maps
    target: Floats  #: (n,)
    density: Floats  #: (n, rows, columns)
    located: Floats  #: (n,), 1 if the density is known, 0 if only the count is
    weights: Floats  #: (n,)
    labelled: Labelled | None = None

    @property
    def mean_count(self) -> float:
        """The mean count of a whole frame."""
        if self.labelled is None:
            return float(np.average(self.target, weights=self.weights))
        known, regions = self.labelled.counts, self.labelled.regions
        weights = self.weights[:, np.newaxis] * known[..., 1]
        cells = regions.sum(axis=(1, 2), dtype=np.float64)
        a_cell = (weights * known[..., 0]).sum() / max((weights * cells).sum(), 1e-9)
        return float(a_cell * regions.shape[1] * regions.shape[2])


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
        mirror = np.flatnonzero(random.rand(len(rows)) < 0.5)
        density, maps = training.density[rows], list[Any](training.maps.read(rows))
        _mirror(mirror, density, *maps)
        truth = {
            "density": density,
            "count": training.target[rows, np.newaxis],
            "cover": (density > 0).astype(np.float32),
        }
        if training.labelled is not None:
            truth, regions = _of_parts(truth, training.labelled, rows, mirror)
            maps = [*maps, regions]
        weights = training.weights[rows]
        located = weights * training.located[rows]
        yield tuple(maps), truth, {"density": located, "count": weights, "cover": located}


def _of_parts(
    truth: dict[str, Floats], labelled: Labelled, rows: Rows, mirror: Rows
) -> tuple[dict[str, Floats], Floats]:
    """The truth with what is labelled beside each value, and the regions of the counts."""
    inside, regions = labelled.inside[rows], labelled.regions[rows]
    _mirror(mirror, inside, regions)
    beside = {name: np.stack([truth[name], inside], axis=-1) for name in ("density", "cover")}
    return {**beside, "count": labelled.counts[rows]}, regions


def _mirror(rows: Rows, *maps: Any) -> None:
    """Mirror the photos at these rows, in place; one by one, so that each stays in the cache."""
    for one in maps:
        for row in rows:
            one[row] = one[row, :, ::-1].copy()

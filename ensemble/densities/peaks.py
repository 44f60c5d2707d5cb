"""Points out of densities: where each object seems to lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

#: Points of less are noise, of which there would be thousands; a whole object is 1.
_LEAST = 0.05


@dataclass(frozen=True)
class Peaks:
    """Points in densities: one entry each, those of a photo by descending score."""

    photo: Rows  #: position of the density
    x: Numbers  #: in cells, from the left edge of the frame
    y: Numbers  #: in cells, from the upper edge
    score: Numbers  #: what of the target lies around the point: 1 is a whole object

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Peaks:
        """Those at these positions."""
        return Peaks(self.photo[rows], self.x[rows], self.y[rows], self.score[rows])


def find_peaks(densities: npt.NDArray[np.floating], distance: int) -> Peaks:
    """The peaks of densities (n, rows, columns), and what lies around each.

    The densities are smoothed by a Gaussian of half the `distance`. From every cell one goes to
    the highest of those at most `distance` cells away, along each side, and on from there: where
    no higher one is, there is a peak. What lies in all cells from which one comes there is its
    score, and their centre of mass its place. So a large object, with a low and wide peak, counts
    as much as a small one.

    >>> density = np.zeros((1, 4, 9))
    >>> density[0, 1, 1:3], density[0, 2, 6] = [0.25, 0.5], 1
    >>> found = find_peaks(density, distance=1)
    >>> found.score.round(2).tolist(), found.x.round(1).tolist(), found.y.round(1).tolist()
    ([1.0, 0.75], [6.5, 2.2], [2.5, 1.5])
    """
    from scipy.ndimage import gaussian_filter

    plain = densities.astype(np.float64)
    smooth = gaussian_filter(plain, (0, distance / 2, distance / 2), mode="constant")
    peak = _climb(smooth, distance).ravel()
    photos, rows, columns = plain.shape
    photo, row, column = np.indices(plain.shape)
    peak += photo.ravel() * (rows * columns)
    size = photos * rows * columns
    mass, x, y = (
        np.bincount(peak, (plain * weight).ravel(), size).astype(np.float64)
        for weight in (1.0, column + 0.5, row + 0.5)
    )
    found = np.flatnonzero(mass >= _LEAST)
    order = np.lexsort([found, -mass[found], found // (rows * columns)])
    found = found[order]
    total = mass[found]
    return Peaks(found // (rows * columns), x[found] / total, y[found] / total, total)


def _climb(height: Numbers, distance: int) -> Rows:
    """The cell, numbered by row, in which each cell's way up ends: (n, rows * columns).

    Of equal cells the first one is higher: a plateau is one peak, whatever its shape.
    """
    photos, rows, columns = height.shape
    own = np.arange(rows * columns).reshape(1, rows, columns)
    best, to = height.copy(), np.repeat(own, photos, axis=0)
    for down, across in product(range(-distance, distance + 1), repeat=2):
        here, there = _overlap(rows, down), _overlap(rows, -down)
        beside, other = _overlap(columns, across), _overlap(columns, -across)
        seen, number = height[:, there, other], own[:, there, other]
        mine, target = best[:, here, beside], to[:, here, beside]
        higher = (seen > mine) | ((seen == mine) & (number < target))
        mine[higher] = seen[higher]
        target[higher] = np.broadcast_to(number, higher.shape)[higher]
    way = to.reshape(photos, -1)
    while True:
        further = np.take_along_axis(way, way, axis=1)
        if (further == way).all():
            return way
        way = further


def _overlap(cells: int, by: int) -> slice:
    """The cells that have another so far on."""
    return slice(max(0, -by), cells - max(0, by)) if abs(by) < cells else slice(0, 0)

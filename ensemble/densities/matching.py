"""Points that were found, held against objects whose places are known: one to one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ensemble.densities.peaks import Peaks
from ensemble.heads.density_map import LEAST, Boxes

Flags = npt.NDArray[np.bool_]


def match_points(points: Peaks, objects: list[Boxes], grid: tuple[int, int]) -> Flags:
    """Which points find an object of their photo that no point of a higher score has found.

    A point finds an object where it lies within its box, which is taken to have a side of two
    cells at least, as a head is taught it. Of several it takes the one whose centre is nearest, in
    units of the box. Since a point never yields to one of a lower score, the points above any
    threshold are matched as they would be alone.

    Parameters
    ----------
    points : Peaks
        In cells.
    objects : list of float64 (m, 4)
        Of each photo: xmin, ymin, xmax, ymax as fractions of the frame.
    grid : (int, int)
        Rows and columns of a density.

    Returns
    -------
    bool (n,)

    >>> points = Peaks(np.zeros(2, int), np.array([1.0, 1.5]), np.array([1.0, 1]), np.ones(2))
    >>> match_points(points, [np.array([[0.25, 0.5, 0.25, 0.5]])], (2, 4)).tolist()
    [True, False]
    """
    found = np.zeros(len(points.score), dtype=np.bool_)
    starts = np.searchsorted(points.photo, np.arange(len(objects) + 1))
    for number, boxes in enumerate(objects):
        rows = np.arange(starts[number], starts[number + 1])
        if len(rows) and len(boxes):
            found[rows] = _match(points.take(rows), boxes * [*grid[::-1], *grid[::-1]])
    return found


def _match(points: Peaks, boxes: Boxes) -> Flags:
    """Of the points of one photo, by descending score; boxes are in cells."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = np.maximum(boxes[:, 2:] - boxes[:, :2], LEAST) / 2
    places = np.column_stack([points.x, points.y])
    away = (np.abs(places[:, np.newaxis] - centre) / half).max(axis=2)
    found = np.zeros(len(places), dtype=np.bool_)
    for row in range(len(places)):
        nearest = int(np.argmin(away[row]))
        if away[row, nearest] <= 1:
            found[row] = True
            away[:, nearest] = np.inf
    return found

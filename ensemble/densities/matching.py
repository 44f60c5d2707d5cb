"""Points that were found, held against objects whose places are known: one to one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.densities.peaks import Peaks
from ensemble.heads.density_map import LEAST, Boxes

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

#: Cells by which boxes are widened so that none is missed by a last bit.
_ROUNDING = 1e-6


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
    point, box = _near(places, centre - half, centre + half)
    away = (np.abs(places[point] - centre[box]) / half[box]).max(axis=1)
    inside = away <= 1
    point, box, away = point[inside], box[inside], away[inside]
    found, taken = np.zeros(len(places), dtype=np.bool_), np.zeros(len(boxes), dtype=np.bool_)
    for rows in np.split(np.arange(len(point)), np.flatnonzero(np.diff(point)) + 1):
        free = rows[~taken[box[rows]]]
        if len(free):
            nearest = free[np.argmin(away[free])]
            found[point[nearest]] = taken[box[nearest]] = True
    return found


def _near(places: Boxes, low: Boxes, high: Boxes) -> tuple[Rows, Rows]:
    """Each point with each box that it may lie in, by the point, then the box: (pairs,) each.

    All pairs of a large photo would not fit into memory.
    """
    from shapely import STRtree, box, points

    ends = np.column_stack([low - _ROUNDING, high + _ROUNDING])
    shapes: Any = box(*ends.T)
    found = STRtree(shapes).query(points(places))
    point, near = found[:, np.lexsort(found[::-1])]
    return point, near

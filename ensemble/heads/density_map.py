"""Density maps: the training targets of the ``density`` head."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

#: Least extent of an object, in cells along a side: a head cannot locate a point, or a small box,
#: to a single cell.
LEAST = 2.0


def density_map(boxes: Boxes, grid: tuple[int, int]) -> Floats:
    """Spread each box evenly, with sum 1, over the cells that it covers: float32 `grid`.

    Boxes (n, 4) are xmin, ymin, xmax, ymax in fractions of the photo; a point has no extent. A
    Gaussian for each object (Lempitsky & Zisserman, 2010, Learning to count objects in images,
    NIPS) counts the face photos no better.

    >>> density_map(np.array([[0.0, 0.0, 0.5, 1.0]]), (2, 4)).tolist()
    [[0.25, 0.25, 0.0, 0.0], [0.25, 0.25, 0.0, 0.0]]
    """
    down, across = profiles(boxes, grid)
    density: Floats = np.einsum("nr,nc->rc", down, across).astype(np.float32)
    return density


def profiles(boxes: Boxes, grid: tuple[int, int]) -> tuple[Boxes, Boxes]:
    """Return the share of each box in each row, and in each column: (n, rows), (n, columns)."""
    rows, columns = grid
    down = _profile(boxes[:, 1], boxes[:, 3], rows)
    return down, _profile(boxes[:, 0], boxes[:, 2], columns)


def _profile(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], cells: int) -> Boxes:
    """Return the share of each object in each row, or column, of cells: (n, cells)."""
    half = np.maximum((end - start) * cells, LEAST) / 2
    # Part of every object is kept inside the photo, even if its box lies outside.
    centre = np.clip((start + end) / 2 * cells, 0.01 - half, cells - 0.01 + half)
    first = np.arange(cells)
    share = np.minimum(first + 1, (centre + half)[:, np.newaxis]) - np.maximum(
        first, (centre - half)[:, np.newaxis]
    )
    share = np.maximum(share, 0)
    normalised: Boxes = share / share.sum(axis=1, keepdims=True)
    return normalised

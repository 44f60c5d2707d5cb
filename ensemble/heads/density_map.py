"""How much of the count lies in each cell of a photo: what the ``density`` head learns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

#: The spread of an object, in widths and heights of its box and, at least, in cells.
SPREAD, LEAST_SPREAD = 0.25, 0.6


def density_map(boxes: Boxes, grid: tuple[int, int]) -> Floats:
    """One Gaussian a box, each of sum 1 however much of it lies outside: float32 `grid`.

    Boxes (n, 4) are xmin, ymin, xmax, ymax in fractions of the photo; a point has no extent.
    After Lempitsky & Zisserman (2010), Learning to count objects in images, NIPS.

    >>> density_map(np.array([[0.1, 0.1, 0.1, 0.1], [0.2, 0.5, 0.9, 0.9]]), (2, 3)).sum().round(5)
    2.0
    """
    rows, columns = grid
    down = _profile(boxes[:, 1], boxes[:, 3], rows)
    across = _profile(boxes[:, 0], boxes[:, 2], columns)
    density: Floats = np.einsum("nr,nc->rc", down, across).astype(np.float32)
    return density


def _profile(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], cells: int) -> Boxes:
    """The share of each object in each row, or column, of cells: (n, cells)."""
    centre = np.clip((start + end) / 2, 0, 1)[:, np.newaxis] * cells
    spread = np.maximum(SPREAD * (end - start) * cells, LEAST_SPREAD)[:, np.newaxis]
    share = np.exp(-(((np.arange(cells) + 0.5 - centre) / spread) ** 2) / 2)
    normalised: Boxes = share / share.sum(axis=1, keepdims=True)
    return normalised

"""The cells of a density, and how much of each lies in a part of the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from ensemble.heads.density_map import Boxes, profiles
from ensemble.heads.parts import Part

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float32]
Positions = npt.NDArray[np.intp]

#: Cells that are shapes at a time: 200 bytes each, and a large photo has a million.
_TOGETHER = 65536

#: Of an object, the least share in an area that can be taken for the whole of it.
LEAST_INSIDE = 1e-6


def shares_in(shape: BaseGeometry, grid: tuple[int, int]) -> Floats:
    """Return the share of each cell that lies in a shape, in fractions of the frame: `grid`.

    >>> shares_in(shapely.box(0, 0, 0.625, 1), (1, 4)).tolist()
    [[1.0, 1.0, 0.5, 0.0]]
    """
    found = np.zeros(grid, dtype=np.float32)
    if shape.is_empty:
        return found
    left, top, right, bottom = shape.bounds
    across = _reached(left, right, grid[1])
    down = _reached(top, bottom, grid[0])
    step = max(1, _TOGETHER // max(1, len(across)))
    for rows in np.split(down, range(step, len(down), step)):
        found[np.ix_(rows, across)] = _shares(shape, rows, across, grid)
    return found


def _reached(start: float, end: float, cells: int) -> Positions:
    """The cells along a side that a range reaches, and one on either side: rounding."""
    first, last = np.floor(start * cells) - 1, np.ceil(end * cells) + 1
    return np.arange(max(0, int(first)), min(cells, int(last)))


def _shares(
    shape: BaseGeometry, rows: Positions, across: Positions, grid: tuple[int, int]
) -> npt.NDArray[np.float64]:
    """The share of each cell in these rows and columns: (rows, columns)."""
    top, left = (one.ravel() for one in np.meshgrid(rows, across, indexing="ij"))
    cells = shapely.box(left / grid[1], top / grid[0], (left + 1) / grid[1], (top + 1) / grid[0])
    shapely.prepare(shape)
    shares = shapely.covers(shape, cells).astype(np.float64)
    cut = shapely.intersects(shape, cells) & (shares == 0)
    shares[cut] = shapely.area(shapely.intersection(cells[cut], shape)) * grid[0] * grid[1]
    return shares.reshape(len(rows), len(across))


def counted_shares(part: Part, grid: tuple[int, int]) -> Floats:
    """Return the share of each cell in the parts of a photo that are counted: `grid`."""
    shares = np.sum([shares_in(shape, grid) for shape in part.shapes], axis=0)
    found: Floats = np.minimum(shares, 1).astype(np.float32)
    return found


def density_in(boxes: Boxes, inside: Floats) -> Floats:
    """Spread each box, as ``density_map`` does, over what lies `inside` of the cells (`grid`).

    Nothing of an object goes beyond the area, as nothing of others, unlabelled, comes in: so they
    add up to their number, and the density near the border is right on average.

    >>> density_in(np.array([[0.0, 0.0, 0.5, 1.0]]), np.array([[1, 0.5, 0, 0]])).tolist()
    [[0.6666666865348816, 0.3333333432674408, 0.0, 0.0]]
    """
    down, across = profiles(boxes, inside.shape)
    sums = np.einsum("nr,rc,nc->n", down, inside, across, optimize=True)
    near = sums > LEAST_INSIDE
    density = inside * ((down[near] / sums[near, np.newaxis]).T @ across[near])
    for box in boxes[~near]:
        density[nearest_cell(box, inside)] += 1
    whole: Floats = density.astype(np.float32)
    return whole


def nearest_cell(box: npt.NDArray[np.float64], inside: Floats) -> tuple[int, int]:
    """The cell of the area that is nearest to an object whose own cells the frame cuts off."""
    rows, columns = np.nonzero(inside)
    down = (rows + 0.5) / inside.shape[0] - (box[1] + box[3]) / 2
    across = (columns + 0.5) / inside.shape[1] - (box[0] + box[2]) / 2
    nearest = int(np.argmin(down**2 + across**2))
    return int(rows[nearest]), int(columns[nearest])

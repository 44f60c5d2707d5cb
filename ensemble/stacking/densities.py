"""The densities of photos in the file of a fit that leaves out their fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Half = npt.NDArray[np.float16]
Arrays = dict[str, npt.NDArray[Any]]

#: Their arrays: 2 kB a photo of 26 x 38 cells. Where each photo has a grid of its own, those of all
#: lie one after the other, and the second one has the rows and columns of each.
_DENSITIES, _GRIDS = "densities", "grids"


def pack_densities(densities: Sequence[Half]) -> Arrays:
    """The arrays of densities (n, rows, columns), or of a list of (rows, columns).

    >>> packed = pack_densities([np.ones((1, 2), np.float16), np.zeros((2, 2), np.float16)])
    >>> [one.tolist() for one in take_densities(packed)]
    [[[1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]
    """
    if isinstance(densities, np.ndarray):
        return {_DENSITIES: densities}
    flat = np.concatenate([one.ravel() for one in densities])
    return {_DENSITIES: flat, _GRIDS: np.array([one.shape for one in densities])}


def take_densities(arrays: Arrays) -> Sequence[Half]:
    """Take the densities out of the arrays of a file; none where it has none."""
    densities = arrays.pop(_DENSITIES, None)
    grids = arrays.pop(_GRIDS, None)
    if densities is None:
        return ()
    if grids is None:
        return list(densities)
    ends = np.cumsum(grids.prod(axis=1))[:-1]
    return [one.reshape(grid) for one, grid in zip(np.split(densities, ends), grids, strict=True)]

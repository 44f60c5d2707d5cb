"""A number spread over a photo as a density says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def spread(density: Numbers, total: float) -> Numbers:
    """The density, multiplied so that it adds up to `total`; evenly, where it is 0 everywhere.

    >>> spread(np.array([[0.5, 1.5]]), 4.0)
    array([[1., 3.]])
    """
    whole = float(density.sum())
    if whole <= 0:
        return np.full(density.shape, total / density.size)
    return density * (total / whole)

from __future__ import annotations

import numpy as np
import pytest

from ensemble.heads.density_map import density_map


@pytest.mark.parametrize(
    "boxes",
    [
        [[0.4, 0.4, 0.6, 0.6]],
        [[0.0, 0.0, 0.02, 0.02], [0.98, 0.9, 1.0, 1.02]],  # in the corners
        [[0.3, 0.3, 0.3, 0.3]] * 5,  # points, on each other
        [[0.0, 0.0, 1.0, 1.0]],
    ],
)
def test_every_object_adds_one(boxes: list[list[float]]) -> None:
    density = density_map(np.array(boxes), (9, 13))
    assert density.shape == (9, 13)
    assert density.dtype == np.float32
    assert density.sum() == pytest.approx(len(boxes), rel=1e-5)


def test_it_lies_where_the_object_does_and_is_as_wide() -> None:
    small = density_map(np.array([[0.70, 0.20, 0.72, 0.24]]), (10, 10))
    assert np.unravel_index(small.argmax(), small.shape) == (2, 7)
    large = density_map(np.array([[0.31, 0.0, 1.0, 0.44]]), (10, 10))
    assert np.unravel_index(large.argmax(), large.shape) == (2, 6)
    assert large.max() < small.max()


def test_no_object_is_no_density() -> None:
    assert not density_map(np.empty((0, 4)), (4, 5)).any()

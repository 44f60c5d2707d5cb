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


def centre(density: np.ndarray) -> tuple[float, float]:
    """Row and column, in cells, of what lies in the photo."""
    rows, columns = (np.arange(n) + 0.5 for n in density.shape)
    down, across = density.sum(axis=1) @ rows, density.sum(axis=0) @ columns
    return down / density.sum(), across / density.sum()


def test_it_lies_where_the_object_does_and_covers_as_much() -> None:
    small = density_map(np.array([[0.71, 0.21, 0.73, 0.24]]), (10, 10))
    assert centre(small) == pytest.approx((2.25, 7.2), abs=0.2)
    assert small.max() == pytest.approx(1 / 4)
    assert np.count_nonzero(small) == 9
    large = density_map(np.array([[0.32, 0.0, 1.0, 0.44]]), (10, 10))
    assert centre(large) == pytest.approx((2.2, 6.6), abs=0.05)
    assert large.max() == pytest.approx(1 / (4.4 * 6.8), rel=1e-5)
    point = density_map(np.array([[0.44, 0.32, 0.44, 0.32]]), (10, 10))
    assert centre(point) == pytest.approx((3.2, 4.4), abs=0.2)
    assert np.count_nonzero(point) == 9


def test_no_object_is_no_density() -> None:
    assert not density_map(np.empty((0, 4)), (4, 5)).any()

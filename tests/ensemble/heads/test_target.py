"""Tests of ensemble.heads.target."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from backbones.errors import InputError
from ensemble.heads import target


@pytest.mark.parametrize("scale", ["none", "log1p", "sqrt"])
def test_a_scale_is_undone(scale: target.Target) -> None:
    y = np.array([0.0, 0.25, 1.0, 3.0, 1e6])
    X = np.arange(5.0)[:, np.newaxis]
    head = target.wrap(KNeighborsRegressor(n_neighbors=1), scale).fit(X, y)
    np.testing.assert_allclose(head.predict(X), y, rtol=1e-14)


@pytest.mark.parametrize(
    ("scale", "expected"), [("log1p", np.sqrt(2 * 9) - 1), ("sqrt", 3.125)], ids=["log1p", "sqrt"]
)
def test_the_head_learns_on_the_scale(scale: target.Target, expected: float) -> None:
    """The mean of two neighbours tells on which scale it was taken."""
    X, y = np.zeros((2, 1)), np.array([1.0, 8.0]) if scale == "log1p" else np.array([0.0, 12.5])
    head = target.wrap(KNeighborsRegressor(n_neighbors=2), scale).fit(X, y)
    np.testing.assert_allclose(head.predict(X), expected)


def test_the_way_back_from_sqrt_keeps_the_order_below_zero() -> None:
    assert target.square(np.array([-2.0, -1.0, 0.0, 3.0])).tolist() == [-4, -1, 0, 9]


@pytest.mark.parametrize(
    ("scale", "y", "message"),
    [
        (
            "sqrt",
            [4.0, -3.0, -0.5],
            "target: sqrt needs a target 0 or above, but 2 of 3 values are not (the smallest is "
            "-3); set target: none",
        ),
        (
            "log1p",
            [0.0, -1.0],
            "target: log1p needs a target above -1, but 1 of 2 values is not (the smallest is "
            "-1); set target: none",
        ),
    ],
)
def test_a_target_off_the_scale_is_refused(
    scale: target.Target, y: list[float], message: str
) -> None:
    head = target.wrap(KNeighborsRegressor(n_neighbors=1), scale)
    with pytest.raises(InputError) as caught:
        head.fit(np.zeros((len(y), 1)), y)
    assert str(caught.value) == message


def test_log1p_takes_values_down_to_minus_one() -> None:
    assert target.log1p(np.array([-0.5])) == np.log(0.5)

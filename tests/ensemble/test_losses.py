from __future__ import annotations

import numpy as np
import pytest

from ensemble.losses import KINDS
from ensemble.metric import METRICS


def test_each_metric_has_its_loss() -> None:
    assert tuple(KINDS) == METRICS


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("rmse", [1.0, 4.0]),
        ("r2", [1.0, 4.0]),
        ("mae", [1.0, 2.0]),
        ("mape", [0.5, 2.0]),
    ],
)
def test_targets_below_0_have_losses_too(name: str, losses: list[float]) -> None:
    found = KINDS[name].loss(np.array([-3.0, 1.0]), np.array([-2.0, -1.0]))
    assert found.tolist() == losses


def test_what_has_no_logarithm_is_endlessly_wrong() -> None:
    found = KINDS["rmsle"].loss(np.array([[-1.0, -9.0, 1.0]]), np.array([0.0, 0.0, 1.0]))
    assert found.tolist() == [[np.inf, np.inf, 0.0]]


def test_the_median_goes_by_weight() -> None:
    target = np.array([1.0, 2.0, 9.0])
    assert KINDS["mae"].constant(target, None) == 2.0
    assert KINDS["mae"].constant(target, np.array([1.0, 1.0, 3.0])) == 9.0
    assert KINDS["mape"].constant(target, None) == 1.0

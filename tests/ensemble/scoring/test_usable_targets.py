from __future__ import annotations

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.metric import METRICS, Metric, MetricName
from ensemble.scoring.usable_targets import refuse_alike, refuse_unusable
from ensemble.stacking.stack import StackLabels

NAMES = np.array(["a.jpg", "b.jpg", "c.jpg"])


def test_targets_of_0_are_named_where_they_divide() -> None:
    with pytest.raises(InputError) as raised:
        refuse_unusable(NAMES, np.array([0.0, 2.0, 0.0]), Metric("mape"))
    assert "score.metric: MAPE divides by the target, which is 0 for 2 of 3 photos" in str(
        raised.value
    )
    assert raised.value.mistakes == ["a.jpg: 0", "c.jpg: 0"]


def test_targets_without_a_logarithm_are_named() -> None:
    with pytest.raises(InputError, match="not above -1 for 1 of 3 photos") as raised:
        refuse_unusable(NAMES, np.array([0.0, -1.5, 3.0]), Metric("rmsle"))
    assert raised.value.mistakes == ["b.jpg: -1.5"]


@pytest.mark.parametrize("name", ["rmse", "mae", "r2"])
def test_others_take_any_target(name: MetricName) -> None:
    refuse_unusable(NAMES, np.array([0.0, -1.5, 3.0]), Metric(name))


def test_r2_needs_scored_targets_that_differ() -> None:
    target, scored = np.array([1.0, 1.0, 50.0]), np.array([True, True, False])
    with pytest.raises(InputError, match=r"R² needs targets that differ among the photos that are"):
        refuse_alike(StackLabels(target, None, scored), Metric("r2"))
    differing = np.array([1.0, 2.0, 50.0])
    with pytest.raises(InputError, match="set_aside_above higher"):
        refuse_alike(StackLabels(differing, np.array([1.0, 0.0, 1.0]), scored), Metric("r2"))
    for name in METRICS:
        refuse_alike(StackLabels(differing, None, scored), Metric(name))

"""The metrics, held against scikit-learn and against a bootstrap."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn import metrics

from ensemble.metric import METRICS, Metric, MetricName

Numbers = npt.NDArray[np.float64]

PEERS = {
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "mape": metrics.mean_absolute_percentage_error,
    "rmsle": metrics.root_mean_squared_log_error,
    "r2": metrics.r2_score,
}


def drawn(rows: int = 300) -> tuple[Numbers, Numbers, Numbers]:
    """Predictions, targets and weights."""
    draw = np.random.default_rng(0)
    target = draw.gamma(3.0, 2.0, rows) + 0.1
    predictions = target * np.exp(draw.normal(0, 0.3, rows))
    return predictions, target, draw.integers(0, 4, rows).astype(float)


def estimated(metric: Metric, predictions: Numbers, target: Numbers, weight: Numbers) -> Any:
    return metric.estimate(metric.losses(predictions, target), target, weight)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", METRICS)
def test_a_value_is_scikit_learns(name: MetricName, weighted: bool) -> None:
    predictions, target, weight = drawn()
    weight = weight if weighted else np.ones(len(target))
    expected = PEERS[name](target, predictions, sample_weight=weight)
    metric = Metric(name)
    assert estimated(metric, predictions, target, weight).value == pytest.approx(expected)
    error = metric.error(predictions, target, weight)
    assert metric.value(error, target, weight) == pytest.approx(expected)
    losses = metric.losses(predictions, target)
    assert metric.resample(losses, weight, target, -1) == pytest.approx(expected)


@pytest.mark.parametrize("name", METRICS)
def test_a_standard_error_is_that_of_a_bootstrap(name: MetricName) -> None:
    predictions, target, _ = drawn()
    rows = np.random.default_rng(1).integers(0, len(target), (1500, len(target)))
    spread = np.std([PEERS[name](target[one], predictions[one]) for one in rows])
    found = estimated(Metric(name), predictions, target, np.ones(len(target)))
    assert found.standard_error == pytest.approx(spread, rel=0.08)
    assert found.share @ found.influence == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", METRICS)
def test_no_other_constant_is_better(name: MetricName, weighted: bool) -> None:
    _, target, weight = drawn()
    metric, given = Metric(name), weight if weighted else None
    best = metric.constant(target, given)
    least = metric.error(np.full(len(target), best), target, given)
    for other in np.linspace(target.min(), target.max(), 200):
        assert metric.error(np.full(len(target), other), target, given) >= least - 1e-12


def test_predictions_below_the_lowest_count_as_that() -> None:
    target, predictions = np.array([0.0, 3.0]), np.array([-5.0, 3.0])
    assert Metric("rmsle").error(predictions, target, None) == np.inf
    assert Metric("rmsle").losses(predictions, target).tolist() == [np.inf, 0.0]
    assert Metric("rmsle", 0.0).error(predictions, target, None) == 0.0
    assert Metric("rmsle", 0.0).losses(predictions, target).tolist() == [0.0, 0.0]
    assert Metric("mae", 0.0).losses(predictions, target).tolist() == [5.0, 0.0]


@pytest.mark.parametrize(
    ("name", "predictions", "target", "why"),
    [
        (
            "mape",
            [1.0, 1.0],
            [0.0, 0.0],
            "MAPE divides by the target, which is 0 for 2 of 2 photos",
        ),
        ("rmsle", [1.0], [-1.0], "RMSLE takes the logarithm of 1 + target, and the target is not"),
        ("rmsle", [-1.0, 2.0], [1.0, 1.0], "+ prediction, and 1 of 2 predictions is not above -1"),
        ("r2", [1.0], [1.0], "R² needs targets that differ"),
        ("r2", [1.0, 2.0], [1.0, 1.0], "R² needs targets that differ"),
    ],
)
def test_it_is_said_why_there_is_no_value(
    name: MetricName, predictions: list[float], target: list[float], why: str
) -> None:
    said = Metric(name).undefined(np.array(predictions), np.array(target))
    assert why in said


@pytest.mark.parametrize("name", METRICS)
def test_where_there_is_a_value_nothing_is_said(name: MetricName) -> None:
    predictions, target, _ = drawn()
    assert Metric(name).undefined(predictions, target) == ""


def test_draws_of_one_target_have_an_r2_of_0() -> None:
    ones = np.ones((2, 3))
    target = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])
    assert Metric("r2").resample(ones, ones, target, -1).tolist() == [0.0, pytest.approx(-0.5)]


@pytest.mark.parametrize("name", METRICS)
def test_ahead_is_above_0_where_a_value_is_better(name: MetricName) -> None:
    better, worse = (0.9, 0.2) if name == "r2" else (0.2, 0.9)
    metric = Metric(name)
    assert metric.ahead(better, worse) == pytest.approx(0.7)
    assert metric.distance(better) < metric.distance(worse)

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from ensemble.metric import METRICS, Metric, MetricName
from ensemble.scoring.gains import Gain, measure_gain
from ensemble.scoring.scores import score

DRAW = np.random.default_rng(0)
N = 400
TARGET = DRAW.gamma(3.0, 2.0, N) + 0.2
OWN, OTHER = (TARGET * np.exp(DRAW.normal(0, spread, N)) for spread in (0.2, 0.25))

PEERS = {
    "rmse": metrics.mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "mape": metrics.mean_absolute_percentage_error,
    "rmsle": metrics.root_mean_squared_log_error,
    "r2": lambda target, predictions: -metrics.r2_score(target, predictions),
}


@pytest.mark.parametrize("name", METRICS)
def test_a_gain_is_the_difference_and_its_error_that_of_a_bootstrap(name: MetricName) -> None:
    def apart(rows: np.ndarray) -> float:
        other, own = (PEERS[name](TARGET[rows], one[rows]) for one in (OTHER, OWN))
        return float(other - own)

    gain = measure_gain(OWN, OTHER, TARGET, metric=Metric(name))
    assert gain.size == pytest.approx(apart(np.arange(N)))
    draws = np.random.default_rng(1).integers(0, N, (1500, N))
    assert gain.standard_error == pytest.approx(np.std([apart(rows) for rows in draws]), rel=0.1)
    assert gain.is_sure


@pytest.mark.parametrize("name", METRICS)
def test_weights_and_photos_set_aside_are_those_of_the_score(name: MetricName) -> None:
    metric, weight = Metric(name), DRAW.integers(0, 3, N).astype(float)
    gain = measure_gain(OWN, OTHER, TARGET, weight, 8.0, metric)
    own, other = (score(one, TARGET, weight, 8.0, metric).headline.value for one in (OWN, OTHER))
    expected = other**2 - own**2 if name == "rmse" else metric.ahead(own, other)
    assert gain.size == pytest.approx(expected)


@pytest.mark.parametrize("name", METRICS)
def test_the_same_predictions_are_not_ahead(name: MetricName) -> None:
    gain = measure_gain(OWN, OWN, TARGET, metric=Metric(name))
    assert gain == Gain(0.0, 0.0)
    assert not gain.is_sure


@pytest.mark.parametrize("name", METRICS)
def test_a_gain_over_perfection_is_a_loss(name: MetricName) -> None:
    gain = measure_gain(OWN, TARGET, TARGET, metric=Metric(name))
    assert gain.size < 0
    assert np.isfinite(gain.standard_error)


def test_files_have_it_as_before_and_by_other_metrics_under_another_name() -> None:
    gain = Gain(2.0, 0.5)
    squared = gain.to_json(Metric("rmse"))
    assert squared == {"mean_squared_error": 2.0, "standard_error": 0.5}
    relative = gain.to_json(Metric("mape"))
    assert relative == {"difference": 2.0, "standard_error": 0.5}
    assert Gain.from_json(squared) == Gain.from_json(relative) == gain

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from backbones.errors import InputError
from ensemble.metric import METRICS, Metric, MetricName
from ensemble.scoring.scores import Scores, interval, score


def test_scores_are_those_of_the_definitions() -> None:
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=(2, 50))
    found = score(p, y)
    assert found.rmse == pytest.approx(np.sqrt(np.mean((p - y) ** 2)))
    assert found.mae == pytest.approx(np.mean(np.abs(p - y)))
    assert (found.rmse_all, found.photos) == (found.rmse, 50)


def test_the_standard_error_is_that_of_a_bootstrap() -> None:
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=(2, 400))
    rows = draw.integers(0, 400, (4000, 400))
    bootstrap = np.sqrt(np.mean((p - y)[rows] ** 2, axis=1)).std()
    assert score(p, y).standard_error == pytest.approx(bootstrap, rel=0.05)


def test_photos_set_aside_count_only_in_rmse_all() -> None:
    y = np.array([1.0, 2.0, 50.0])
    found = score(np.array([1.0, 4.0, 0.0]), y, set_aside_above=40)
    assert (found.rmse, found.mae, found.photos) == (pytest.approx(np.sqrt(2)), 1.0, 2)
    assert found.rmse_all == pytest.approx(np.sqrt(2504 / 3))
    with pytest.raises(InputError, match=r"set_aside_above: no photo has a target up to 0\.5"):
        score(y, y, set_aside_above=0.5)


def test_a_weight_of_two_is_a_photo_twice() -> None:
    y, p = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 1.0])
    weighted = score(p, y, weight=np.array([1.0, 2.0, 1.0]))
    twice = score(p[[0, 1, 1, 2]], y[[0, 1, 1, 2]])
    assert (weighted.rmse, weighted.mae) == (pytest.approx(twice.rmse), pytest.approx(twice.mae))


def test_repeats_are_averaged_by_photo() -> None:
    y = np.array([0.0, 0.0])
    found = score(np.array([[1.0, 2.0], [3.0, 0.0]]), y)
    assert found.rmse == pytest.approx(np.sqrt((5 + 2) / 2))
    assert found.photos == 2


def test_the_interval_is_as_wide_as_the_standard_error_says() -> None:
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=(2, 400))
    found = score(p, y)
    low, high = interval(p, y)
    assert low < found.rmse < high
    assert high - low == pytest.approx(2 * 1.96 * found.standard_error, rel=0.06)


def test_the_interval_leaves_out_what_the_score_does() -> None:
    y = np.array([1.0, 2.0, 50.0, 3.0])
    p = np.array([1.0, 4.0, 0.0, 9.0])
    weight = np.array([1.0, 2.0, 1.0, 0.0])
    low, high = interval(p, y, weight, set_aside_above=40)
    assert (low, high) == (0.0, pytest.approx(2.0))
    assert interval(p, y, np.array([0.0, 1.0, 0.0, 0.0])) == (2.0, 2.0)


@pytest.mark.parametrize("name", ["mae", "mape", "rmsle", "r2"])
def test_a_metric_stands_beside_what_all_runs_have(name: MetricName) -> None:
    draw = np.random.default_rng(0)
    y = draw.gamma(3.0, 2.0, 60) + 0.1
    p, weight = np.stack([y + 0.1, y * 1.1]), draw.integers(0, 3, 60).astype(float)
    found = score(p, y, weight, 8.0, Metric(name))
    plain = score(p, y, weight, 8.0)
    assert replace(found, measured=None) == plain
    assert found.measured is not None
    assert plain.headline.metric == "rmse"
    rows = y <= 8.0
    peer = {
        "mae": metrics.mean_absolute_error,
        "mape": metrics.mean_absolute_percentage_error,
        "rmsle": metrics.root_mean_squared_log_error,
        "r2": metrics.r2_score,
    }[name]

    def of(rows: np.ndarray) -> float:
        twice = np.concatenate([y[rows]] * 2), np.concatenate(list(p[:, rows]))
        return float(peer(*twice, sample_weight=np.concatenate([weight[rows]] * 2)))

    assert found.measured.value == pytest.approx(of(rows))
    assert found.measured.value_all == pytest.approx(of(np.ones(60, dtype=bool)))
    low, high = interval(p, y, weight, 8.0, Metric(name))
    assert low < found.measured.value < high
    assert high - low == pytest.approx(3.92 * found.measured.standard_error, rel=0.25)


@pytest.mark.parametrize("name", METRICS)
def test_columns_are_read_as_they_were_written(name: MetricName) -> None:
    y = np.array([1.0, 2.0, 4.0])
    found = score(y + 1 / 3, y, metric=Metric(name))
    assert Scores.from_columns(found.columns()) == found


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="mae"):
        Scores.from_columns({"rmse": 1.0, "standard_error": 0.1, "rmse_all": 1.0, "photos": 3})

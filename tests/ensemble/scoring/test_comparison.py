from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ensemble.metric import METRICS, Metric, MetricName
from ensemble.scoring.comparison import difference, most_different, score_runs

TARGET = np.random.default_rng(0).integers(1, 20, 400).astype(float)
NOISE = np.random.default_rng(1).normal(size=(2, 400))


def test_the_difference_is_that_of_the_scores() -> None:
    one, other = TARGET + NOISE[0], TARGET + 1.5 * NOISE[1]
    scores = score_runs({"one": one, "other": other}, TARGET)
    found = difference(one, other, TARGET)
    assert found.size == pytest.approx(scores["other"].rmse - scores["one"].rmse)
    assert found.low < found.size < found.high
    assert found.is_sure


def test_errors_that_are_nearly_the_same_are_known_better_together() -> None:
    """Paired: the interval is far narrower than those of the scores."""
    one = TARGET + NOISE[0]
    found = difference(one, one + 0.05 * NOISE[1], TARGET)
    apart = difference(one, TARGET + NOISE[1], TARGET)
    assert apart.high - apart.low > 5 * (found.high - found.low)


def test_runs_that_say_the_same_do_not_differ() -> None:
    found = difference(TARGET + NOISE[0], TARGET + NOISE[0], TARGET)
    assert (found.size, found.low, found.high) == (0, 0, 0)
    assert not found.is_sure


def test_of_one_photo_nothing_is_sure() -> None:
    found = difference(np.zeros(1), np.ones(1), np.zeros(1))
    assert found.size == 1
    assert not found.is_sure


def test_the_photos_that_differ_most_come_first_and_equal_ones_not_at_all() -> None:
    names = pd.Index(["a", "b", "c"])
    runs = {"one": np.array([1.0, 2.0, 3.0]), "other": np.array([2.0, 2.0, 9.0])}
    assert most_different(runs, names, 5) == ["c", "a"]
    assert most_different(runs, names, 1) == ["c"]


@pytest.mark.parametrize("name", METRICS)
def test_a_difference_by_any_metric_is_that_of_the_scores(name: MetricName) -> None:
    one, other = TARGET + 0.1 * NOISE[0], TARGET + 0.3 * NOISE[1]
    metric = Metric(name)
    scores = score_runs({"one": one, "other": other}, TARGET, metric)
    found = difference(one, other, TARGET, metric)
    apart = scores["other"].headline.value - scores["one"].headline.value
    assert found.size == pytest.approx(apart)
    assert found.low < found.size < found.high
    assert found.verdict == "worse"
    assert difference(other, one, TARGET, metric).verdict == "better"
    assert difference(one, one, TARGET, metric).verdict == "may be chance"

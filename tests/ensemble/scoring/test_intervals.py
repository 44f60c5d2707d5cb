"""Intervals against the definition, and against MAPIE on the same errors."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from mapie.conformity_scores import (
    AbsoluteConformityScore,
    BaseRegressionScore,
    ResidualNormalisedScore,
)
from mapie.regression import SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GroupKFold

from ensemble.scoring.intervals import Errors, Intervals, Scale, fit_intervals
from tests.ensemble.scoring.counts import counts

ENDLESS = (-np.inf, np.inf)


class Column(RegressorMixin, BaseEstimator):
    """A fitted regressor that says what stands in one column."""

    fitted_ = True  # MAPIE looks for it

    def __init__(self, column: int) -> None:
        self.column = column

    def fit(self, X: Any, y: Any) -> Column:
        raise AssertionError("it is fitted")

    def predict(self, X: Any) -> Any:
        return np.asarray(X)[:, self.column]


def errors(predictions: np.ndarray, target: np.ndarray, **given: Any) -> Errors:
    photo = given.get("photo", np.arange(len(target)))
    return Errors.of(photo, predictions, target, given.get("weight"))


def peer(
    score: BaseRegressionScore, known: np.ndarray, target: np.ndarray, new: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """MAPIE's ends; the first column of `known` and `new` is the prediction."""
    regressor = SplitConformalRegressor(Column(0), 0.9, score).conformalize(known, target)
    _, found = regressor.predict_interval(new)
    return found[:, 0, 0], found[:, 1, 0]


@pytest.mark.parametrize("n", [39, 50, 120])
def test_with_few_photos_the_ends_are_those_of_mapie(n: int) -> None:
    predictions, target = counts(n)
    new = np.linspace(0, 20, 30)
    ours = fit_intervals(errors(predictions, target), 0.9).around(new, ENDLESS)
    score = AbsoluteConformityScore(sym=False)
    theirs = peer(score, predictions[:, None], target, new[:, None])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("n", [200, 2501])
def test_scaled_the_ends_are_those_of_mapie_with_the_same_scale(n: int) -> None:
    """The scale of each known photo is that of an ``Intervals`` that had no part in it."""
    predictions, target = counts(n)
    ours = fit_intervals(errors(predictions, target), 0.9)
    knots = min(20, n // 100)
    assert len(ours.scale.level) == knots
    own = np.empty(n)
    for others, part in GroupKFold(5).split(predictions, groups=np.arange(n)):
        scale = by_hand(predictions[others], np.abs(target - predictions)[others], knots)
        own[part] = Scale(*map(np.array, scale)).at(predictions[part])
    np.testing.assert_allclose(
        by_hand(predictions, np.abs(target - predictions), knots),
        (ours.scale.level, ours.scale.size),
    )
    new = np.linspace(0, 20, 30)
    score = ResidualNormalisedScore(residual_estimator=Column(1), prefit=True, sym=False)
    known = np.column_stack([predictions, own])
    theirs = peer(score, known, target, np.column_stack([new, ours.scale.at(new)]))
    np.testing.assert_allclose(ours.around(new, ENDLESS), theirs, rtol=0, atol=1e-9)


def by_hand(predictions: np.ndarray, size: np.ndarray, knots: int) -> tuple[Any, Any]:
    """Mean prediction and 0.9 quantile of the errors between quantiles of the predictions."""
    ends = np.quantile(predictions, np.arange(1, knots) / knots)
    bins = np.array([sum(ends < one) for one in predictions])
    parts = [bins == one for one in range(knots)]
    quantiles = [np.sort(size[p])[int(np.ceil(0.9 * p.sum() - 1e-9)) - 1] for p in parts]
    return [predictions[p].mean() for p in parts], quantiles


@pytest.mark.parametrize(("n", "rank"), [(9, 9), (10, 10), (18, 18), (19, 18), (99, 90)])
def test_the_quantile_counts_the_new_photo(n: int, rank: int) -> None:
    size = np.random.default_rng(0).permutation(n) + 1.0
    assert errors(np.zeros(n), size).quantile(size, 0.9) == rank


def test_with_too_few_photos_it_is_endless() -> None:
    found = fit_intervals(errors(np.zeros(18), np.arange(18.0)), 0.9)
    lower, upper = found.around(np.array([3.0]), (0.0, np.inf))
    assert (lower.tolist(), upper.tolist()) == ([0.0], [np.inf])
    none = fit_intervals(errors(np.zeros(0), np.zeros(0)), 0.9)
    assert (none.below, none.above) == (np.inf, np.inf)


def test_ties_count_as_held() -> None:
    """All but one of 39 errors are 1: the interval reaches to 1, not beyond, and holds them."""
    target = np.array([1.0] * 37 + [5.0] * 2)
    assert fit_intervals(errors(np.zeros(39), target), 0.9).above == 5.0
    target = np.array([1.0] * 38 + [5.0])
    found = fit_intervals(errors(np.zeros(39), target), 0.9)
    assert found.around(np.zeros(1), ENDLESS) == (np.array([0.0]), np.array([1.0]))


def test_each_side_has_its_own_quantile() -> None:
    target = np.concatenate([-np.arange(1.0, 100), 3 * np.arange(1.0, 100)])
    found = fit_intervals(errors(np.zeros(198), target), 0.9)
    assert found.around(np.zeros(1), ENDLESS) == (np.array([-91.0]), np.array([273.0]))


@pytest.mark.parametrize("sign", [-1, 1])
def test_beyond_the_knots_the_scale_grows_as_the_prediction(sign: int) -> None:
    level = np.sort(sign * np.array([2.0, 10.0]))
    scale = Scale(level, np.array([3.0, 3.0]))
    given = sign * np.array([1.0, 2.0, 10.0, 15.0])
    assert scale.at(given).tolist() == [3.0, 3.0, 3.0, 4.5]
    assert Scale(np.zeros(1), np.ones(1)).at(np.array([-9.0, 0.0, 9.0])).tolist() == [1, 1, 1]


def test_a_photo_weighs_what_it_weighs_and_a_new_one_the_mean() -> None:
    size = np.arange(1.0, 13.0)
    weight = np.array([0.0, 3.0] + [1.0] * 10)
    found = errors(np.zeros(12), size, weight=weight)
    assert found.photos == 11
    # 13 of weight and a new one of 13 / 11: 0.9 of that is 12.76, which the twelfth reaches.
    assert found.quantile(found.size, 0.9) == 12.0
    # 0.8: 11.35, between the tenth (11) and the eleventh photo (12).
    assert found.quantile(found.size, 0.8) == 11.0


def test_repeats_of_a_photo_are_one_photo() -> None:
    size = np.arange(1.0, 10.0)
    once = errors(np.zeros(9), size)
    photo = np.tile(np.arange(9), 2)
    twice = Errors.of(photo, np.zeros(18), size, None)
    assert twice.photos == 9
    assert twice.quantile(twice.size, 0.9) == once.quantile(once.size, 0.9) == 9.0
    assert errors(np.zeros(18), np.tile(size, 2)).quantile(np.tile(size, 2), 0.85) == 9.0
    assert twice.quantile(twice.size, 0.8) == 8.0


def test_the_scale_follows_the_errors_whichever_way_they_go() -> None:
    draw = np.random.default_rng(0)
    predictions = draw.uniform(-10, 10, 4000)
    target = predictions + draw.normal(size=4000) * (1 + np.abs(predictions))
    found = fit_intervals(errors(predictions, target), 0.9)
    lower, upper = found.around(np.array([-8.0, 0.0, 8.0]), ENDLESS)
    # The knots beside 0 stand for predictions up to 1 away.
    np.testing.assert_allclose(upper - lower, 2 * 1.645 * np.array([9, 1.5, 9]), rtol=0.2)


@pytest.mark.parametrize("level", [0.0, 3.0])
def test_predictions_without_any_error_have_no_width(level: float) -> None:
    predictions = np.full(500, level)
    found = fit_intervals(errors(predictions, predictions), 0.9)
    assert found.around(np.array([level]), ENDLESS) == (np.array([level]), np.array([level]))


def test_many_photos_at_the_minimum_share_a_knot() -> None:
    predictions, target = counts(1000)
    predictions = np.maximum(predictions, np.median(predictions))
    found = fit_intervals(errors(predictions, target), 0.9)
    assert len(found.scale.level) == 6
    assert (np.diff(found.scale.level) > 0).all()
    assert (found.scale.size > 0).all()


@pytest.mark.parametrize("n", [5, 50, 500])
def test_they_come_back_from_json_as_they_were(n: int) -> None:
    intervals = fit_intervals(errors(*counts(n)), 0.9)
    back = Intervals.from_json(json.loads(json.dumps(intervals.to_json(), allow_nan=False)))
    new = np.linspace(-1, 30, 50)
    np.testing.assert_array_equal(back.around(new, ENDLESS), intervals.around(new, ENDLESS))
    assert back.coverage == 0.9


def test_ends_stop_where_no_target_can_lie() -> None:
    intervals = Intervals(0.9, Scale(np.zeros(1), np.ones(1)), 2.0, 2.0)
    lower, upper = intervals.around(np.array([1.0, 5.0, 9.0]), (0.0, 10.0))
    assert (lower.tolist(), upper.tolist()) == ([0.0, 3.0, 7.0], [3.0, 7.0, 10.0])

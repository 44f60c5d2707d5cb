"""The forms for metrics that count in proportion to the target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, QuantileRegressor
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from ensemble.config.stack import SUITED_FORMS
from ensemble.stacking import forms
from ensemble.stacking.relative import Logarithmic, Relative

SUITED = [form for suited in SUITED_FORMS.values() for form in suited]


def members(rows: int = 200) -> tuple[Any, Any]:
    """Predictions of three members of prices, off by a share of them, the last one the most."""
    draw = np.random.default_rng(0)
    target = np.exp(draw.normal(1.0, 0.8, rows))
    return target[:, np.newaxis] * np.exp(draw.normal(0, [0.2, 0.3, 0.6], (rows, 3))), target


@pytest.mark.parametrize(
    ("form", "error"),
    [("median", mean_absolute_error), ("relative", mean_absolute_percentage_error)],
)
def test_no_other_weights_have_less_error(form: str, error: Any) -> None:
    said, target = members()
    fitted = forms.build(form).fit(said, target)

    def of(weights: Any) -> float:
        return float(error(target, said @ weights[:3] + weights[3]))

    least = error(target, fitted.predict(said))
    start = [*np.array(forms.coefficients(fitted, 3)), 0.0]
    assert minimize(of, start, method="Nelder-Mead", options={"maxiter": 4000}).fun >= least - 1e-9
    for draw in np.random.default_rng(1).normal(0, 0.05, (50, 4)):
        assert of(start + draw) >= least - 1e-9


def test_relative_is_weighted_by_the_target_and_takes_weights() -> None:
    said, target = members()
    weight = np.random.default_rng(1).integers(1, 3, len(target)).astype(float)
    form = Relative(LinearRegression()).fit(said, target, weight)
    peer = LinearRegression().fit(said, target, weight / target)
    np.testing.assert_allclose(form.predict(said), peer.predict(said))


def test_log_is_scikit_learns_on_logarithms() -> None:
    said, target = members()
    said[3] = -5.0  # counts as the smallest target
    lowest = FunctionTransformer(lambda x: np.log1p(np.maximum(x, target.min())))
    peer = TransformedTargetRegressor(
        make_pipeline(lowest, LinearRegression(positive=True)), func=np.log1p, inverse_func=np.expm1
    )
    ours = forms.build("log").fit(said, target).predict(said)
    np.testing.assert_allclose(ours, peer.fit(said, target).predict(said))


def test_the_factor_is_that_of_least_percentage_error() -> None:
    said, target = members()
    fitted = forms.build("relative_log").fit(said, target)
    found = fitted.predict(said)
    least = mean_absolute_percentage_error(target, found)
    for factor in np.linspace(0.8, 1.25, 91):
        assert mean_absolute_percentage_error(target, factor * found) >= least - 1e-12
    assert fitted.factor_ < 1  # too large is punished more than too small


def test_they_beat_the_forms_of_squared_errors_where_those_do_not_suit() -> None:
    said, target = members(2000)
    train, test = slice(0, 1000), slice(1000, None)
    errors = {
        form: mean_absolute_percentage_error(
            target[test], forms.build(form).fit(said[train], target[train]).predict(said[test])
        )
        for form in ("mean", "nnls", "ridge", "huber", "relative", "relative_log")
    }
    squared = min(errors[form] for form in ("mean", "nnls", "ridge", "huber"))
    assert errors["relative"] < squared
    assert errors["relative_log"] < squared


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("form", SUITED)
@pytest.mark.parametrize("rows", [2, 3, 40])
@pytest.mark.parametrize("kind", ["perfect", "constant", "few values"])
def test_members_may_be_odd(form: str, rows: int, kind: str) -> None:
    target = 1 + np.arange(rows) % 5.0
    column = {"perfect": target, "constant": np.ones(rows), "few values": np.minimum(target, 2)}
    said = np.column_stack([column[kind]] * 2)
    predictions = forms.build(form).fit(said, target).predict(said + 0.5)
    assert np.isfinite(predictions).all()
    assert np.abs(predictions).max() < 20


@pytest.mark.parametrize(
    ("form", "target", "said"),
    [
        ("relative", [0.0, 1.0], "need targets that are not 0"),
        ("relative_log", [0.0, 1.0], "logarithms need targets above 0"),
        ("log", [-1.0, 1.0], "logarithms need targets above -1"),
    ],
)
def test_targets_that_do_not_suit_are_refused(form: str, target: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        forms.build(form).fit([[1.0], [2.0]], target)


def test_weights_of_members_are_known_but_for_logarithms() -> None:
    said, target = members()
    assert forms.coefficients(forms.build("relative").fit(said, target), 3) is not None
    assert forms.coefficients(forms.build("log").fit(said, target), 3) is None


@parametrize_with_checks(
    [
        Relative(LinearRegression()),
        Logarithmic(LinearRegression()),
        Logarithmic(LinearRegression(), relative=True),
    ]
)
def test_forms_are_scikit_learn_estimators(estimator: Any, check: Any) -> None:
    check(estimator)


def test_the_median_is_scikit_learns() -> None:
    said, target = members()
    peer = QuantileRegressor(quantile=0.5, alpha=0.0).fit(said, target)
    np.testing.assert_allclose(
        forms.build("median").fit(said, target).predict(said), peer.predict(said), rtol=1e-6
    )


@pytest.mark.parametrize("relative", [False, True])
def test_numbers_far_beyond_those_of_the_fit_have_an_end(relative: bool) -> None:
    said, target = np.array([[1.0], [1.1], [1.2]]), np.array([1.0, 30.0, 900.0])
    fitted = Logarithmic(LinearRegression(), relative).fit(said, target)
    far = fitted.predict([[1e9]])
    assert np.isfinite(far).all()
    assert far == pytest.approx(10 * 900.0 * fitted.factor_)

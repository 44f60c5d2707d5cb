"""Tests of ensemble.heads.ridge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from backbones.errors import InputError
from ensemble.heads.ridge import ALPHAS, RidgeLOO

_EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "a repeated row is not left out with its twin"
}


@parametrize_with_checks([RidgeLOO()], expected_failed_checks=lambda _: _EXPECTED)
def test_is_a_scikit_learn_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


def _problem(n: int, d: int) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(0)
    hidden = random.normal(size=(n, 4))
    X = 3 * hidden @ random.normal(size=(4, d)) + random.normal(size=(n, d)) + 3
    y = hidden @ random.normal(size=4) + random.normal(size=n) + 100
    return X, y, random.integers(0, 4, size=n).astype(float)


@pytest.mark.parametrize(("n", "d"), [(60, 20), (40, 40), (20, 60)])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_ridge_cv(n: int, d: int, weighted: bool) -> None:
    X, y, weights = _problem(n, d)
    given = weights if weighted else None
    own = RidgeLOO().fit(X, y, given)
    theirs = RidgeCV(ALPHAS, store_cv_results=True).fit(X, y, given)
    assert own.alpha_ == theirs.alpha_
    assert 1 < own.alpha_ < 1e6  # else the choice would say little
    np.testing.assert_allclose(own.errors_, theirs.cv_results_.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(own.coef_, theirs.coef_, rtol=1e-6)
    np.testing.assert_allclose(own.predict(X), theirs.predict(X), rtol=1e-6)


def test_errors_are_those_of_rows_left_out_one_by_one() -> None:
    X, y, _ = _problem(15, 5)
    kept = ~np.eye(15, dtype=bool)
    squared = [
        (Ridge(100.0).fit(X[rows], y[rows]).predict(X[~rows])[0] - y[~rows][0]) ** 2
        for rows in kept
    ]
    # Each of the left-out fits centres anew, which the closed form does as well.
    assert RidgeLOO([100.0]).fit(X, y).errors_[0] == pytest.approx(np.mean(squared), rel=1e-9)


def test_constant_columns_and_a_constant_target_are_no_trouble() -> None:
    head = RidgeLOO().fit(np.ones((5, 3), dtype=np.float32), np.full(5, 2.5))
    assert head.coef_.tolist() == [0, 0, 0]
    assert head.predict(np.full((1, 3), 7.0)).tolist() == [2.5]


@pytest.mark.parametrize("alphas", [[], [0.0], [-1.0, 1.0], [np.nan], [[1.0]], "many"])
def test_strengths_that_are_none_are_refused(alphas: Any) -> None:
    with pytest.raises(InputError, match=r"^alphas must be .*, not "):
        RidgeLOO(alphas).fit(np.eye(3), [0, 1, 2])

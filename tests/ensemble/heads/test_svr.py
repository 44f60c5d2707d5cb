"""Tests of ensemble.heads.svr."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.svm import SVR
from sklearn.utils.estimator_checks import parametrize_with_checks

from ensemble.heads import svr
from ensemble.heads.svr import KernelSVR

_EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "the kernel's width takes the variance of the "
    "rows as given, as in scikit-learn's SVR, and libsvm stops at a tolerance of 1e-3"
}


# libsvm stops within a tolerance of the target's spread: with a larger C that is 0.02 in a check.
@parametrize_with_checks([KernelSVR(C=1.0, gamma=1.0)], expected_failed_checks=lambda _: _EXPECTED)
def test_is_a_scikit_learn_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


def _problem(dtype: type) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 30)).astype(dtype)
    weights = random.integers(0, 3, size=200).astype(float)
    return X, X[:, 0] ** 2 + X[:, 1] + random.normal(size=200) * 0.3, weights


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gamma", [1.0, 0.25])
@pytest.mark.parametrize("parameters", [{"C": 1.0}, {"C": 10.0, "epsilon": 0.5}])
def test_predicts_what_scikit_learns_does_on_a_target_of_unit_spread(
    dtype: type, gamma: float, parameters: dict[str, Any]
) -> None:
    X, y, _ = _problem(dtype)
    own = KernelSVR(gamma=gamma, **parameters).fit(X[:150], y[:150])
    assert own.gamma_ == pytest.approx(gamma / (30 * X[:150].var()))
    unit = y[:150].std()
    theirs = SVR(gamma=own.gamma_, **parameters).fit(X[:150], y[:150] / unit)
    np.testing.assert_allclose(own.predict(X), theirs.predict(X) * unit, atol=1e-6)
    assert len(own.support_vectors_) == len(theirs.support_)


@pytest.mark.parametrize(("unit", "centre"), [(1e6, 0.0), (0.01, 0.5), (3.0, -1e6), (1e-7, 0.0)])
def test_the_targets_unit_plays_no_part(unit: float, centre: float) -> None:
    X, y, weights = _problem(np.float64)
    plain = KernelSVR().fit(X, y, weights).predict(X)
    assert np.corrcoef(plain, y)[0, 1] > 0.8
    other = KernelSVR().fit(X, y * unit + centre, weights).predict(X)
    np.testing.assert_allclose((other - centre) / unit, plain, atol=1e-6)


@pytest.mark.parametrize(
    ("y", "epsilon", "expected"), [([7.0, 7.0, 7.0, 7.0], 0.1, 7.0), ([1.0, 2.0, 3.0, 4.0], 9, 2.5)]
)
def test_without_support_vectors_it_predicts_a_constant(
    y: list[float], epsilon: float, expected: float
) -> None:
    """All targets the same, or an epsilon beyond their spread."""
    head = KernelSVR(epsilon=epsilon).fit(np.eye(4), y)
    assert head.support_vectors_.shape == (0, 4)
    assert head.predict(np.eye(4)[:3]).tolist() == [expected] * 3


def test_rows_of_weight_zero_are_as_if_absent() -> None:
    """scikit-learn's SVR with a precomputed kernel fails here."""
    X, y, weights = _problem(np.float64)
    own = KernelSVR().fit(X, y, weights)
    without = KernelSVR().fit(X[weights > 0], y[weights > 0], weights[weights > 0])
    np.testing.assert_array_equal(own.predict(X), without.predict(X))
    unit = np.sqrt(np.cov(y, aweights=weights, ddof=0))
    theirs = SVR(C=own.C, gamma=own.gamma_).fit(X, y / unit, weights)
    np.testing.assert_allclose(own.predict(X), theirs.predict(X) * unit, atol=5e-3)


def test_a_head_saved_before_the_target_was_scaled_predicts_as_it_did() -> None:
    """The attributes that predict are in the target's unit, then and now."""
    X, y, _ = _problem(np.float64)
    solver = SVR(gamma=1 / (30 * X.var())).fit(X, y)
    old = KernelSVR()
    old.__setstate__(
        {
            **old.get_params(),
            "support_vectors_": solver.support_vectors_,
            "dual_coef_": solver.dual_coef_[0],
            "intercept_": float(solver.intercept_[0]),
            "gamma_": 1 / (30 * X.var()),
            "n_features_in_": 30,
        }
    )
    np.testing.assert_allclose(old.predict(X), solver.predict(X), rtol=1e-12)


def test_keeps_the_support_vectors_alone_and_their_dtype() -> None:
    X, y, _ = _problem(np.float32)
    head = KernelSVR(epsilon=1.0).fit(X, y)
    assert 0 < len(head.support_vectors_) < 150
    assert head.support_vectors_.dtype == np.float32
    assert head.dual_coef_.shape == (len(head.support_vectors_),)


def test_predicts_more_rows_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, _ = _problem(np.float64)
    head = KernelSVR().fit(X, y)
    whole = head.predict(X)
    monkeypatch.setattr(svr, "_BATCH", 64)
    np.testing.assert_allclose(head.predict(X), whole, rtol=1e-12)


def test_constant_columns_are_no_trouble() -> None:
    head = KernelSVR().fit(np.ones((4, 2)), [1.0, 1.0, 2.0, 2.0])
    assert np.isfinite(head.predict(np.ones((1, 2)))).all()


@pytest.mark.parametrize("parameters", [{"C": 0}, {"epsilon": -1}, {"gamma": "scale"}])
def test_a_wrong_parameter_is_named(parameters: dict[str, Any]) -> None:
    (name,) = parameters
    with pytest.raises(ValueError, match=f"The '{name}' parameter of KernelSVR must be"):
        KernelSVR(**parameters).fit(np.eye(3), [0, 1, 2])

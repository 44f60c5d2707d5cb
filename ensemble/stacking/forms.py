"""The built-in stacking regressors, from the members' predictions to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import HuberRegressor, LinearRegression, QuantileRegressor, RidgeCV
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ensemble.config.stack import STACK_FORMS, SUITED_FORMS
from ensemble.metric import MetricName
from ensemble.stacking.relative import Logarithmic, Relative
from ensemble.stacking.rounding import Rounded

Numbers = npt.NDArray[np.float64]

#: Regularisation strengths that ridge chooses from, by leave-one-out error.
ALPHAS = np.logspace(-3, 5, 33)


class _FixedForm(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor without parameters to fit: `fit` only validates its input."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Check the members' predictions X (n, members), the target (n,) and the weights (n,)."""
        X, y = validate_data(self, X, y, y_numeric=True)
        _check_sample_weight(sample_weight, X)
        self.is_fitted_ = True
        return self

    def _validate(self, X: Any) -> Numbers:
        check_is_fitted(self)
        return np.asarray(validate_data(self, X, reset=False), dtype=np.float64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # it may be no better than its members
        return tags


class Mean(_FixedForm):
    """The unweighted mean of the members.

    >>> Mean().fit([[1.0, 3.0]], [9.0]).predict([[2.0, 4.0]])
    array([3.])
    """

    def predict(self, X: Any) -> Numbers:
        """Return float64 (n,) for the members' predictions (n, members)."""
        mean: Numbers = self._validate(X).mean(axis=1)
        return mean


class Single(_FixedForm):
    """A single member.

    >>> Single(column=1).fit([[1.0, 3.0]], [9.0]).predict([[2.0, 4.0]])
    array([4.])
    """

    def __init__(self, column: int = 0) -> None:
        self.column = column

    def predict(self, X: Any) -> Numbers:
        """Return float64 (n,) for the members' predictions (n, members)."""
        return self._validate(X)[:, self.column]


class TargetScaled(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn regressor fitted on target and predictions in units of the target's spread.

    Absolute parameters, such as the strength of ridge, then mean the same for targets of any
    scale.

    >>> X = np.arange(20.0)[:, np.newaxis]
    >>> small, large = (TargetScaled(RidgeCV(ALPHAS)).fit(X * u, X[:, 0] * u) for u in (1.0, 1e6))
    >>> bool(np.isclose(small.predict([[5.0]]) * 1e6, large.predict([[5e6]])).all())
    True
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TargetScaled:
        """Fit on the members' predictions X (n, members), the target (n,) and the weights (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        spread = StandardScaler().fit(y[:, np.newaxis], sample_weight=sample_weight)
        self.unit_ = float(spread.scale_[0])  # 1 where all targets are the same
        self.regressor_ = clone(self.regressor).fit(X / self.unit_, y / self.unit_, sample_weight)
        return self

    def predict(self, X: Any) -> Numbers:
        """Return float64 (n,) for the members' predictions (n, members)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        predictions: Numbers = self.regressor_.predict(X / self.unit_) * self.unit_
        return predictions


#: Without a penalty, which would shrink the weights of members towards 0. By the interior point
#: method 4,586 rows of nine members take 1 s, by the default simplex method 4 s.
_LEAST_ABSOLUTE = QuantileRegressor(quantile=0.5, alpha=0.0, solver="highs-ipm")

#: The unfitted built-in regressors by name:
#:
#: - mean: without fitted weights;
#: - nnls: non-negative least squares with an intercept;
#: - ridge: with the strength of least leave-one-out error;
#: - huber: errors beyond three times their usual size count linearly, so that a few photos that
#:   every member gets wrong (crowds) do not dominate the fit (Huber, 1964, Robust estimation of a
#:   location parameter, Annals of Mathematical Statistics 35);
#: - median: least absolute errors (Koenker & Bassett, 1978, Regression quantiles, Econometrica 46);
#: - relative: least absolute percentage errors, by the same in proportion to the target;
#: - relative_log: nnls of the logarithms, times the factor of least absolute percentage error;
#: - log: nnls of the logarithms of 1 + target, whose squared errors are those of RMSLE.
#:
#: Of six members on the houses set (gradient-boosted and extra trees and a ridge on its columns, a
#: ridge on its photos, trees on both), nested, means of three splits: the MAPE of mean, nnls, ridge
#: and huber is 0.308, 0.302, 0.313 and 0.297; of relative 0.261, of relative_log 0.260, of nnls
#: weighted by 1 / target^2 0.294. The MAE is 157, 150, 151 and 147 thousand; of median 142. The
#: RMSLE is 0.371, 0.371, 0.373 and 0.364; of log 0.338. `auto` comes to 0.260, 145 and 0.338.
_FORMS = {
    "mean": Mean(),
    "nnls": LinearRegression(positive=True),
    "ridge": TargetScaled(RidgeCV(ALPHAS)),
    "huber": TargetScaled(HuberRegressor(epsilon=3.0, max_iter=1000)),
    "median": TargetScaled(_LEAST_ABSOLUTE),
    "relative": Relative(TargetScaled(_LEAST_ABSOLUTE)),
    "relative_log": Logarithmic(LinearRegression(positive=True), relative=True),
    "log": Logarithmic(LinearRegression(positive=True)),
}


def suited(metric: MetricName, target: Numbers) -> tuple[str, ...]:
    """The forms that `auto` chooses from by a metric, of those that these targets (n,) allow.

    >>> suited("mape", np.array([2.0, 3.0]))[4:], suited("mape", np.array([-2.0, 3.0]))[4:]
    (('relative', 'relative_log'), ('relative',))
    """
    names = (*STACK_FORMS, *SUITED_FORMS.get(metric, ()))
    positive = bool((target > 0).all())
    return tuple(name for name in names if positive or name != "relative_log")


def build(form: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Return an unfitted built-in regressor, from float64 (n, members) to (n,).

    `parameters` are those of the inner regressor, ``RidgeCV`` for ``ridge``.

    >>> build("nnls").fit([[1.0], [3.0]], [2.0, 6.0]).predict([[2.0]]).round(3)
    array([4.])
    """
    inner = {f"regressor__{name}": value for name, value in (parameters or {}).items()}
    return clone(_FORMS[form]).set_params(**inner)


def is_fixed(regressor: Any) -> bool:
    """Whether it has nothing to fit, so that its error on any rows is that on unseen ones.

    >>> is_fixed(build("mean")), is_fixed(build("nnls"))
    (True, False)
    """
    return isinstance(regressor, _FixedForm)


def coefficients(regressor: Any, members: int) -> list[float] | None:
    """The weight of each member in a fitted regressor; None where it is not a weighted sum.

    >>> coefficients(Single(column=1).fit([[1.0, 3.0]], [9.0]), 2)
    [0.0, 1.0]
    """
    if isinstance(regressor, Mean):
        return [1 / members] * members
    if isinstance(regressor, Single):
        return [float(column == regressor.column) for column in range(members)]
    if isinstance(regressor, TargetScaled | Relative | Rounded):
        return coefficients(regressor.regressor_, members)
    if isinstance(regressor, Logarithmic):
        return None
    weights = np.asarray(getattr(regressor, "coef_", ()))
    return weights.tolist() if weights.shape == (members,) else None

"""Stacking regressors for errors that count in proportion to the target."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ensemble.losses import median

Numbers = npt.NDArray[np.float64]


class Relative(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor fitted with each row weighted by 1 / abs(target).

    Of one that minimises absolute errors, it makes one that minimises absolute percentage errors.

    Raises
    ------
    ValueError
        By ``fit``: a target is 0.

    >>> from sklearn.linear_model import QuantileRegressor
    >>> X, y = [[1.0], [1.0], [1.0]], [1.0, 2.0, 4.0]
    >>> Relative(QuantileRegressor(alpha=0.0)).fit(X, y).predict([[1.0]]).round(3)
    array([1.])
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Relative:
        """Fit on the members' predictions X (n, members), the target (n,) and the weights (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if (y == 0).any():
            raise ValueError("errors in proportion to the target need targets that are not 0")
        # In units of the mean: tiny weights would fall below the tolerance of a solver.
        weight = weight / np.abs(y)
        self.regressor_ = clone(self.regressor).fit(X, y, sample_weight=weight / weight.mean())
        return self

    def predict(self, X: Any) -> Numbers:
        """Return float64 (n,) for the members' predictions (n, members)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(self.regressor_.predict(X), dtype=np.float64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags


class Logarithmic(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor fitted on the logarithms of target and predictions, and taken back.

    Predictions below the smallest target of the fit count as that. What is taken back is at most
    ten times the largest: far from the fit numbers would have no end.

    Parameters
    ----------
    regressor : regressor
        Of the logarithms.
    relative : bool
        Take log(x), and multiply what is taken back by the factor of least absolute percentage
        error; by default log(1 + x), whose squared errors are those of RMSLE.

    Raises
    ------
    ValueError
        By ``fit``: a target has no logarithm.

    >>> from sklearn.linear_model import LinearRegression
    >>> X, y = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 4.0, 16.0])
    >>> Logarithmic(LinearRegression(), relative=True).fit(X, y).predict([[3.0]]).round(3)
    array([9.])
    """

    def __init__(self, regressor: Any, relative: bool = False) -> None:
        self.regressor = regressor
        self.relative = relative

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Logarithmic:
        """Fit on the members' predictions X (n, members), the target (n,) and the weights (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if (y <= self._least).any():
            raise ValueError(f"logarithms need targets above {self._least}")
        self.floor_, self.factor_ = float(y.min()), 1.0
        self.ceiling_ = float(self._log(10 * np.abs(y).max()))
        passed = {} if sample_weight is None else {"sample_weight": weight}
        self.regressor_ = clone(self.regressor).fit(self._log(X), self._log(y), **passed)
        if self.relative:
            ratio = y / self._back(X)
            self.factor_ = median(ratio, weight / ratio)
        return self

    def predict(self, X: Any) -> Numbers:
        """Return float64 (n,) for the members' predictions (n, members)."""
        check_is_fitted(self)
        return self._back(validate_data(self, X, dtype=np.float64, reset=False))

    @property
    def _least(self) -> int:
        """Above which numbers have a logarithm."""
        return 0 if self.relative else -1

    def _log(self, numbers: Any) -> Numbers:
        usable = np.maximum(numbers, self.floor_)
        logs: Numbers = np.log(usable) if self.relative else np.log1p(usable)
        return logs

    def _back(self, X: Numbers) -> Numbers:
        logs = np.minimum(self.regressor_.predict(self._log(X)), self.ceiling_)
        taken: Numbers = np.exp(logs) * self.factor_ if self.relative else np.expm1(logs)
        return taken

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        tags.regressor_tags.poor_score = True  # of what is not predictions of the target
        return tags

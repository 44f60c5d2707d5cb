"""Whole numbers in place of a stack's predictions, where that makes them better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

Numbers = npt.NDArray[np.float64]


class Rounded(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor whose predictions are rounded to whole numbers, halves to the even one.

    >>> from sklearn.linear_model import LinearRegression
    >>> Rounded(LinearRegression()).fit([[0.0], [2.0]], [0.0, 2.0]).predict([[1.4]])
    array([1.])
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    @classmethod
    def of(cls, fitted: Any) -> Rounded:
        """Of a regressor that is fitted."""
        rounded = cls(fitted)
        rounded.regressor_ = fitted
        return rounded

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Rounded:
        """Fit on the members' predictions X (n, members), the target (n,) and the weights (n,)."""
        passed = {} if sample_weight is None else {"sample_weight": sample_weight}
        self.regressor_ = clone(self.regressor).fit(X, y, **passed)
        return self

    def predict(self, X: Any) -> Numbers:
        """Return float64 (n,) for the members' predictions (n, members)."""
        check_is_fitted(self)
        whole: Numbers = np.rint(self.regressor_.predict(X))
        return whole


@dataclass(frozen=True)
class Rounding:
    """What came of ``stack.round``."""

    rounded: bool  #: whether predictions are rounded
    whole: float  #: the nested score of whole numbers, in the run's metric
    plain: float  #: that of the predictions as they are

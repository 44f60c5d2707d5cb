"""The forms a stack can take: regressors from the members' predictions to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import HuberRegressor, LinearRegression, RidgeCV
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

Numbers = npt.NDArray[np.float64]

#: Strengths that a ridge chooses from, by their leave-one-out error.
ALPHAS = np.logspace(-3, 5, 33)


def build(form: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """The unfitted regressor of a built-in form, float64 (n, members) to (n,).

    - ``mean``: nothing is learned;
    - ``nnls``: non-negative least squares with an intercept;
    - ``ridge``: the strength is that of the least leave-one-out error. It alone takes
      `parameters`, which are those of ``RidgeCV``;
    - ``huber``: errors beyond three times their usual size count linearly, so that a few photos
      that every member gets wrong (crowds) do not bend the weights of all (Huber, 1964, Robust
      estimation of a location parameter, Annals of Mathematical Statistics 35).

    >>> build("nnls").fit([[1.0], [3.0]], [2.0, 6.0]).predict([[2.0]]).round(3)
    array([4.])
    """
    if form == "nnls":
        return LinearRegression(positive=True)
    if form == "ridge":
        return InUnits(RidgeCV(**{"alphas": ALPHAS, **(parameters or {})}))
    if form == "huber":
        return InUnits(HuberRegressor(epsilon=3.0, max_iter=1000))
    return Mean()


class _Form(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A form from members' predictions float64 (n, members) to predictions float64 (n,)."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Fits on the members' predictions X (n, members), the target (n,) and the weights (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        self._learn(X, np.asarray(y, dtype=np.float64), weight)
        self.is_fitted_ = True
        return self

    def predict(self, X: Any) -> Numbers:
        """float64 (n,) of the members' predictions (n, members)."""
        check_is_fitted(self)
        said: Numbers = self._say(validate_data(self, X, dtype=np.float64, reset=False))
        return said

    def _learn(self, X: Numbers, y: Numbers, weight: Numbers | None) -> None:
        """Nothing, where a form says so."""

    def _say(self, X: Numbers) -> Any:
        raise NotImplementedError


class Mean(_Form):
    """The plain mean of the members.

    >>> Mean().fit([[1.0, 3.0]], [9.0]).predict([[2.0, 4.0]])
    array([3.])
    """

    def _say(self, X: Numbers) -> Any:
        return X.mean(axis=1)

    def __sklearn_tags__(self) -> Any:
        return _poor(super().__sklearn_tags__())


class Single(_Form):
    """One member alone.

    >>> Single(column=1).fit([[1.0, 3.0]], [9.0]).predict([[2.0, 4.0]])
    array([4.])
    """

    def __init__(self, column: int = 0) -> None:
        self.column = column

    def _say(self, X: Numbers) -> Any:
        return X[:, self.column]

    def __sklearn_tags__(self) -> Any:
        return _poor(super().__sklearn_tags__())


class InUnits(_Form):
    """A regressor of scikit-learn in units of the target's spread.

    What it is given in absolute terms, such as the strength of a ridge, then means the same for
    targets of any size.

    >>> X = np.arange(20.0)[:, np.newaxis]
    >>> small, large = (InUnits(RidgeCV(ALPHAS)).fit(X * u, X[:, 0] * u) for u in (1.0, 1e6))
    >>> bool(np.isclose(small.predict([[5.0]]) * 1e6, large.predict([[5e6]])).all())
    True
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def _learn(self, X: Numbers, y: Numbers, weight: Numbers | None) -> None:
        middle = np.average(y, weights=weight)
        self.unit_ = float(np.sqrt(np.average(np.square(y - middle), weights=weight))) or 1.0
        self.regressor_ = clone(self.regressor).fit(X / self.unit_, y / self.unit_, weight)

    def _say(self, X: Numbers) -> Any:
        return self.regressor_.predict(X / self.unit_) * self.unit_


def _poor(tags: Any) -> Any:
    """The tags of a form that learns nothing, and is no better than its members."""
    tags.regressor_tags.poor_score = True
    return tags

"""Columns without a value in the rows of a fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data


class EmptyFilled(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Makes columns 0 that were NaN in each row of the fit; scikit-learn's trees cannot take those.

    Attributes
    ----------
    empty_ : bool ndarray of shape (n_features,)
    n_features_in_ : int

    Examples
    --------
    >>> rows = np.array([[1.0, np.nan], [np.nan, np.nan]])
    >>> EmptyFilled().fit(rows).transform([[np.nan, 3.0]])
    array([[nan,  0.]])
    """

    def fit(self, X: Any, y: Any = None) -> EmptyFilled:
        """See which columns of X (n, d) are empty."""
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        self.empty_ = np.isnan(X).all(axis=0)
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float64]:
        """X float64 (n, d) with 0 in these columns."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite="allow-nan")
        return np.where(self.empty_, 0.0, X)

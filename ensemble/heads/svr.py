"""The ``svr`` head: support vector regression with a radial kernel computed by BLAS."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

#: Rows a batch when predicting: their kernel takes below 100 MB for 3,000 support vectors.
_BATCH = 4096

#: Size of libsvm's cache, MB. The kernel matrix is in memory already.
_CACHE = 500


class KernelSVR(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Epsilon support vector regression with the kernel exp(-gamma |x - x'|^2).

    The result is that of ``sklearn.svm.SVR`` on the target in units of its standard deviation, so
    that the parameters mean the same for counts, prices in thousands and shares. libsvm computes
    the kernel pair by pair; here a matrix product does. With 3,669 rows of 2,500 features on two
    cores: fit 1.2 s in place of 9.1 s (8 times faster), predict 600 rows 0.1 s in place of 2.8 s
    (27 times faster). The matrix takes 8 n^2 bytes while fitting: 108 MB for 3,669 rows, 3.2 GB for
    20,000.

    The defaults suit pooled features of frozen networks: of the counts of faces the RMSE is 1.06
    with one of them, and 1.35 with scikit-learn's ``C`` and ``gamma`` of 1 (``target: sqrt``).

    Parameters
    ----------
    C : float
        Inverse regularisation strength: for a target u times as spread as another, the same C
        allows coefficients u times as large.
    epsilon : float
        Errors up to this share of the target's standard deviation are not penalised.
    gamma : float
        Kernel coefficient in units of 1 / (n_features * X.var()), scikit-learn's "scale", so that
        it means the same for any number of features.

    Attributes
    ----------
    support_vectors_ : ndarray of shape (n_support, n_features)
        In the dtype of the training data, float32 or float64.
        There are none where all targets are within epsilon of each other.
    dual_coef_ : ndarray of shape (n_support,)
        In the target's unit, as is the intercept.
    intercept_ : float
    gamma_ : float
    n_features_in_ : int

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0]])
    >>> KernelSVR(C=10.0).fit(X, [0, 1, 4]).predict(X).round(1)
    array([0.2, 1.2, 3.8])
    """

    #: Raised when a fit of the same parameters gives another result: cached ones are then stale.
    version: ClassVar[int] = 3

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "C": [Interval(Real, 0, None, closed="neither")],
        "epsilon": [Interval(Real, 0, None, closed="left")],
        "gamma": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, C: float = 6.0, epsilon: float = 0.1, gamma: float = 0.3) -> None:
        self.C = C
        self.epsilon = epsilon
        self.gamma = gamma

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> KernelSVR:
        """Fit on X (n, d), y (n,) and weights (n,); store only the support vectors."""
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVR

        self._validate_params()
        X, y = validate_data(self, X, y, dtype=[np.float32, np.float64], y_numeric=True)
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        # libsvm drops rows of weight 0, but not their columns of a precomputed kernel.
        X, y, weights = X[weights > 0], y[weights > 0], weights[weights > 0]
        self.gamma_ = self._width(X)
        scale = StandardScaler().fit(y[:, np.newaxis], sample_weight=weights)
        centre, unit = float(scale.mean_[0]), float(scale.scale_[0])  # 1 if all are the same
        solver = SVR(kernel="precomputed", C=self.C, epsilon=self.epsilon, cache_size=_CACHE)
        solver.fit(_kernel(X, X, self.gamma_), (y - centre) / unit, weights)
        self.support_vectors_ = X[solver.support_]
        self.dual_coef_ = solver.dual_coef_[0] * unit
        self.intercept_ = float(solver.intercept_[0]) * unit + centre
        return self

    def predict(self, X: Any) -> npt.NDArray[np.float64]:
        """Predict float64 (n,) for X (n, d)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float32, np.float64], reset=False)
        if not len(self.support_vectors_):
            return np.full(len(X), self.intercept_)
        parts = [
            _kernel(X[rows], self.support_vectors_, self.gamma_) @ self.dual_coef_
            for rows in gen_batches(len(X), _BATCH)
        ]
        return np.concatenate(parts) + self.intercept_

    def _width(self, X: npt.NDArray[Any]) -> float:
        variance = float(X.var(dtype=np.float64))
        return float(self.gamma) / (X.shape[1] * variance) if variance else float(self.gamma)


def _kernel(rows: npt.NDArray[Any], others: npt.NDArray[Any], gamma: float) -> Any:
    """Return the kernel float64 (rows, others); float32 would change the solution by 5e-4."""
    from sklearn.metrics.pairwise import rbf_kernel

    return rbf_kernel(rows.astype(np.float64), others.astype(np.float64), gamma=gamma)

"""The loss of one photo, by each metric, and the one number that has the least of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

#: The least number of which RMSLE has a logarithm is above this one.
LEAST = -1.0


@dataclass(frozen=True)
class Kind:
    """What makes one metric."""

    label: str
    loss: Callable[[Numbers, Numbers], Numbers]  #: of predictions (..., n) and targets (n,)
    constant: Callable[[Numbers, Numbers | None], float]  #: of least loss on targets (n,)
    constant_label: str  #: what that is of others, in words
    is_root: bool = False  #: whether it is the root of the mean loss


def _squared(predictions: Numbers, target: Numbers) -> Numbers:
    squared: Numbers = (predictions - target) ** 2
    return squared


def _absolute(predictions: Numbers, target: Numbers) -> Numbers:
    return np.abs(predictions - target)


def _relative(predictions: Numbers, target: Numbers) -> Numbers:
    relative: Numbers = np.abs(predictions - target) / np.abs(target)
    return relative


def _squared_log(predictions: Numbers, target: Numbers) -> Numbers:
    usable = np.where(predictions > LEAST, predictions, 0.0)
    squared: Numbers = (np.log1p(usable) - np.log1p(target)) ** 2
    return np.where(predictions > LEAST, squared, np.inf)


def _mean(target: Numbers, weight: Numbers | None) -> float:
    return float(np.average(target, weights=weight))


def median(target: Numbers, weight: Numbers | None) -> float:
    """The weighted median of numbers (n,): one of them."""
    return float(np.quantile(target, 0.5, weights=weight, method="inverted_cdf"))


def _relative_median(target: Numbers, weight: Numbers | None) -> float:
    relative = 1 / np.abs(target)
    return median(target, relative if weight is None else weight * relative)


def _geometric_mean(target: Numbers, weight: Numbers | None) -> float:
    return float(np.expm1(_mean(np.log1p(target), weight)))


_MEAN_LABEL = "the mean target of the {}"

#: By the names of the metrics.
KINDS = {
    "rmse": Kind("RMSE", _squared, _mean, _MEAN_LABEL, is_root=True),
    "mae": Kind("MAE", _absolute, median, "the median target of the {}"),
    "mape": Kind("MAPE", _relative, _relative_median, "the number of least MAPE on the {}"),
    "rmsle": Kind(
        "RMSLE",
        _squared_log,
        _geometric_mean,
        "the number of least RMSLE on the {}",
        is_root=True,
    ),
    "r2": Kind("R²", _squared, _mean, _MEAN_LABEL),
}

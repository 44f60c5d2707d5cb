"""The metric that a run is judged by: from predictions and targets to one number.

Each is a mean of one loss a photo, or a function of that mean; of R2, of the targets' variance too.
So a standard error follows from the spread of the losses by the delta method, and what a photo adds
to the difference of two ensembles from its two losses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from backbones.plural import part
from ensemble.losses import KINDS, LEAST, Kind

Numbers = npt.NDArray[np.float64]
MetricName = Literal["rmse", "mae", "mape", "rmsle", "r2"]


@dataclass(frozen=True)
class Estimate:
    """A metric's value over photos, and what each photo adds to its error."""

    value: float
    centred: Numbers  #: float64 (n,), the losses around their mean
    divisor: float  #: of ``centred``, which makes it the first-order change of ``value``
    share: Numbers  #: of each photo in the whole weight, (n,)

    @property
    def standard_error(self) -> float:
        """Of the value, over the sampling of photos, by the delta method."""
        spread = float(np.sqrt((self.share**2) @ self.centred**2))
        return spread / self.divisor if self.divisor > 0 else 0.0

    @property
    def influence(self) -> Numbers:
        """How the value moves with the weight of each photo, to first order, (n,)."""
        return self.centred / self.divisor if self.divisor > 0 else np.zeros(len(self.centred))


@dataclass(frozen=True)
class Metric:
    """One of the metrics.

    Parameters
    ----------
    name : {"rmse", "mae", "mape", "rmsle", "r2"}
    lowest : float, optional
        Predictions below are taken as this by RMSLE, which has no value from -1 on down.

    >>> Metric("mape").losses(np.array([1.0, 3.0]), np.array([2.0, 2.0]))
    array([0.5, 0.5])
    """

    name: MetricName = "rmse"
    lowest: float | None = None

    @cached_property
    def _kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def label(self) -> str:
        """As people write it."""
        return self._kind.label

    def describe_constant(self, others: str) -> str:
        """What the constant of least loss on these others is, in words.

        >>> Metric("mae").describe_constant("other folds")
        'the median target of the other folds'
        """
        return self._kind.constant_label.format(others)

    @property
    def higher_is_better(self) -> bool:
        return self.name == "r2"

    @property
    def interval(self) -> str:
        """The key of a 95 % interval in ``metrics.json``; of several with an s."""
        return f"{self.name}_interval"

    def losses(self, predictions: Numbers, target: Numbers) -> Numbers:
        """The loss of each prediction, float64 (..., n), for targets (n,); perhaps infinite."""
        if self.name == "rmsle" and self.lowest is not None:
            predictions = np.maximum(predictions, self.lowest)
        return self._kind.loss(predictions, target)

    def error(self, predictions: Numbers, target: Numbers, weight: Numbers | None) -> float:
        """The mean loss of predictions (n,): the less, the better, whatever the metric."""
        from sklearn.metrics import (
            mean_absolute_error,
            mean_absolute_percentage_error,
            mean_squared_error,
            mean_squared_log_error,
        )

        measures = {
            "mae": mean_absolute_error,
            "mape": mean_absolute_percentage_error,
            "rmsle": mean_squared_log_error,
        }
        if self.name == "rmsle":
            predictions = predictions if self.lowest is None else predictions.clip(self.lowest)
            if (predictions <= LEAST).any():
                return np.inf
        measure = measures.get(self.name, mean_squared_error)
        return float(measure(target, predictions, sample_weight=weight))

    def value(self, error: float, target: Numbers, weight: Numbers) -> float:
        """The metric of a mean loss over photos with these targets and weights, (n,) each."""
        if self.name == "r2":
            centre = np.average(target, weights=weight)
            return 1 - error / float(np.average((target - centre) ** 2, weights=weight))
        return float(np.sqrt(error)) if self._kind.is_root else error

    def estimate(self, losses: Numbers, target: Numbers, weight: Numbers) -> Estimate:
        """The value over photos, from their losses, targets and weights, (n,) each."""
        share = weight / weight.sum()
        mean = float(share @ losses)
        if self.name == "r2":
            deviations = (target - float(share @ target)) ** 2
            variance = float(share @ deviations)
            unexplained = mean / variance
            return Estimate(1 - unexplained, unexplained * deviations - losses, variance, share)
        value = self.value(mean, target, weight)
        return Estimate(value, losses - mean, 2 * value if self._kind.is_root else 1.0, share)

    def resample(self, losses: Numbers, weight: Numbers, target: Numbers, axis: int) -> Numbers:
        """The value of each of many draws, for a bootstrap; all arrays have the same shape.

        R2 of targets that are all the same is 0, as scikit-learn has it.
        """
        total = weight.sum(axis=axis)
        mean: Numbers = (losses * weight).sum(axis=axis) / total
        if self.name == "r2":
            centre = np.expand_dims((target * weight).sum(axis=axis) / total, axis)
            variance = ((target - centre) ** 2 * weight).sum(axis=axis) / total
            unexplained = np.divide(mean, variance, out=np.ones_like(mean), where=variance > 0)
            return np.asarray(1 - unexplained)
        return np.sqrt(mean) if self._kind.is_root else mean

    def constant(self, target: Numbers, weight: Numbers | None) -> float:
        """The one number of least mean loss for targets and weights, (n,) each."""
        return self._kind.constant(target, weight)

    def ahead(self, value: float, other: float) -> float:
        """By how much a value is better than another."""
        return value - other if self.higher_is_better else other - value

    def distance(self, value: float) -> float:
        """A value as a size that is 0 at best and grows in proportion to errors.

        >>> round(Metric("r2").distance(0.75), 3), Metric("mae").distance(2.0)
        (0.5, 2.0)
        """
        return float(np.sqrt(max(0.0, 1 - value))) if self.name == "r2" else value

    def undefined(self, predictions: Numbers | None, target: Numbers) -> str:
        """Why there is no value for targets (n,) and predictions (..., n); empty where there is.

        >>> Metric("mape").undefined(None, np.array([0.0, 2.0]))
        'MAPE divides by the target, which is 0 for 1 of 2 photos'
        """
        wrong = self.unusable(target)
        if wrong.any():
            why = "divides by the target, which is 0"
            if self.name == "rmsle":
                why = "takes the logarithm of 1 + target, and the target is not above -1"
            return f"{self.label} {why} for {part(int(wrong.sum()), len(target), 'photo')}"
        if self.name == "r2" and (len(target) < 2 or np.ptp(target) == 0):
            return f"{self.label} needs targets that differ"
        if predictions is not None and (count := self.count_unusable(predictions)):
            return (
                f"{self.label} takes the logarithm of 1 + prediction, and "
                f"{part(count, predictions.size, 'prediction', 'is')} not above -1"
            )
        return ""

    def unusable(self, target: Numbers) -> npt.NDArray[np.bool_]:
        """Which targets (n,) it has no value for, whatever is predicted."""
        wrong = {"mape": target == 0, "rmsle": target <= LEAST}
        return np.asarray(wrong.get(self.name, np.zeros(len(target))), dtype=bool)

    def count_unusable(self, predictions: Numbers) -> int:
        """How many predictions it has no value for."""
        if self.name != "rmsle" or self.lowest is not None:
            return 0
        return int(np.count_nonzero(predictions <= LEAST))


def with_article(label: str) -> str:
    """A label as ``an RMSE`` or ``a MAPE``, for it is said as a word.

    >>> with_article("MAE"), with_article("MAPE")
    ('an MAE', 'a MAPE')
    """
    return f"{'a' if label == 'MAPE' else 'an'} {label}"


#: The names, as a config says them.
METRICS: tuple[MetricName, ...] = get_args(MetricName)

#: The one that decides by default.
RMSE = Metric()

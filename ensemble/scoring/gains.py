"""How far one ensemble is ahead of another on the same photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ensemble.metric import RMSE, Metric
from ensemble.scoring.scores import scored_photos

Numbers = npt.NDArray[np.float64]

#: How many standard errors a gain must exceed; less happens once in forty times by chance.
_SURE = 2.0

_SQUARED, _DIFFERENCE, _ERROR = "mean_squared_error", "difference", "standard_error"


@dataclass(frozen=True)
class Gain:
    """By how much an ensemble is better than another; below 0 where it is worse."""

    size: float  #: of RMSE: of the mean squared error; else of the metric
    standard_error: float

    @property
    def is_sure(self) -> bool:
        """Whether it is not of a size that comes by chance."""
        return self.size > _SURE * self.standard_error

    def to_json(self, metric: Metric) -> dict[str, float]:
        """The content of ``metrics.json``."""
        key = _SQUARED if metric.name == "rmse" else _DIFFERENCE
        return {key: self.size, _ERROR: self.standard_error}

    @classmethod
    def from_json(cls, content: Mapping[str, float]) -> Gain:
        """Restore what ``to_json`` gives."""
        key = _SQUARED if _SQUARED in content else _DIFFERENCE
        return cls(content[key], content[_ERROR])


def measure_gain(
    predictions: Numbers,
    others: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
    metric: Metric = RMSE,
) -> Gain:
    """By how much predictions are better than others, and the standard error of that.

    Both are of the same photos, so that the difference is known better than either error: it comes
    of what each photo adds to it. Of RMSE it is measured in squared errors, whose difference is a
    mean over photos; of all others in the metric, by the delta method. The arguments are those of
    ``score``.

    >>> measure_gain(np.zeros(2), np.array([1.0, 3.0]), np.zeros(2))
    Gain(size=5.0, standard_error=2.8284271247461903)
    """
    scored = scored_photos(target, weight, set_aside_above)
    weight = np.ones(len(target)) if weight is None else weight
    losses = [metric.losses(np.atleast_2d(one), target) for one in (others, predictions)]
    if metric.name == "rmse":
        gains = (losses[0] - losses[1]).mean(axis=0)[scored]
        share = weight[scored] / weight[scored].sum()
        gain = float(share @ gains)
        return Gain(gain, float(np.sqrt((share**2) @ (gains - gain) ** 2)))
    other, own = (
        metric.estimate(one.mean(axis=0)[scored], target[scored], weight[scored]) for one in losses
    )
    apart = other.influence - own.influence
    error = float(np.sqrt((own.share**2) @ apart**2))
    return Gain(metric.ahead(own.value, other.value), error)

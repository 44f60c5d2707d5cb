"""Predictions of the same photos by several runs, held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import bootstrap

from ensemble.metric import RMSE, Metric
from ensemble.scoring.scores import Scores, score

Numbers = npt.NDArray[np.float64]

#: Bootstrap samples, as of the score's own interval.
_RESAMPLES = 2000


@dataclass(frozen=True)
class Difference:
    """How much larger the score of a run is than that of the first one."""

    size: float
    low: float  #: ends of the 95 % interval
    high: float
    higher_is_better: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it is not of a size that comes by chance."""
        return self.low > 0 or self.high < 0

    @property
    def verdict(self) -> str:
        """In words, of the run that is not the first."""
        if not self.is_sure:
            return "may be chance"
        return "better" if (self.size > 0) == self.higher_is_better else "worse"


def score_runs(
    predictions: Mapping[str, Numbers], target: Numbers, metric: Metric = RMSE
) -> dict[str, Scores]:
    """The scores of each run's predictions, float64 (n,), of the same photos."""
    return {name: score(one, target, metric=metric) for name, one in predictions.items()}


def difference(
    first: Numbers, other: Numbers, target: Numbers, metric: Metric = RMSE
) -> Difference:
    """Compare the predictions (n,) of two runs by a paired bootstrap over photos.

    Both are of the same photos, so that the difference is known better than either score.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    >>> target = np.arange(50.0)
    >>> found = difference(target + 1, target + np.tile([2.0, -2.0], 25), target)
    >>> found.size, found.is_sure
    (1.0, True)
    """
    losses = metric.losses(first, target), metric.losses(other, target)

    def apart(one: Numbers, another: Numbers, truth: Numbers, axis: int) -> Numbers:
        weight = np.ones_like(truth)
        own, others = (metric.resample(row, weight, truth, axis) for row in (one, another))
        return others - own

    size, up = float(apart(*losses, target, axis=-1)), metric.higher_is_better
    if len(target) < 2:
        return Difference(size, -np.inf, np.inf, up)
    if np.ptp(losses[0]) == 0 and np.ptp(losses[1]) == 0 and not up:
        return Difference(size, size, size)
    interval = bootstrap(
        (*losses, target),
        apart,
        n_resamples=_RESAMPLES,
        batch=100,
        paired=True,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Difference(size, float(interval.low), float(interval.high), up)


def most_different(predictions: Mapping[str, Numbers], names: pd.Index, count: int) -> list[str]:
    """The names of the photos on which the runs' predictions lie farthest apart."""
    apart = pd.Series(np.ptp(np.stack(list(predictions.values())), axis=0), index=names)
    farthest = apart.sort_values(ascending=False, kind="stable")[:count]
    return [str(name) for name in farthest[farthest > 0].index]

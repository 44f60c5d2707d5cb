"""Predictions of the same photos by several runs, held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import bootstrap

from ensemble.scoring.scores import Scores, score

Numbers = npt.NDArray[np.float64]

#: Bootstrap samples, as of the RMSE's own interval.
_RESAMPLES = 2000


@dataclass(frozen=True)
class Difference:
    """How much larger the RMSE of a run is than that of the first one."""

    rmse: float
    low: float  #: ends of the 95 % interval
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether it is not of a size that comes by chance."""
        return self.low > 0 or self.high < 0

    @property
    def verdict(self) -> str:
        """In words, of the run that is not the first."""
        if not self.is_sure:
            return "may be chance"
        return "worse" if self.rmse > 0 else "better"


def score_runs(predictions: Mapping[str, Numbers], target: Numbers) -> dict[str, Scores]:
    """The scores of each run's predictions, float64 (n,), of the same photos."""
    return {name: score(one, target) for name, one in predictions.items()}


def difference(first: Numbers, other: Numbers, target: Numbers) -> Difference:
    """Compare the predictions (n,) of two runs by a paired bootstrap over photos.

    Both are of the same photos, so that the difference is known better than either RMSE.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    >>> target = np.arange(50.0)
    >>> found = difference(target + 1, target + np.tile([2.0, -2.0], 25), target)
    >>> found.rmse, found.is_sure
    (1.0, True)
    """
    squared = (first - target) ** 2, (other - target) ** 2
    rmse = float(_difference(*squared, axis=-1))
    if len(target) < 2:
        return Difference(rmse, -np.inf, np.inf)
    if np.ptp(squared[0]) == 0 and np.ptp(squared[1]) == 0:
        return Difference(rmse, rmse, rmse)
    interval = bootstrap(
        squared,
        _difference,
        n_resamples=_RESAMPLES,
        batch=100,
        paired=True,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Difference(rmse, float(interval.low), float(interval.high))


def most_different(predictions: Mapping[str, Numbers], names: pd.Index, count: int) -> list[str]:
    """The names of the photos on which the runs' predictions lie farthest apart."""
    apart = pd.Series(np.ptp(np.stack(list(predictions.values())), axis=0), index=names)
    farthest = apart.sort_values(ascending=False, kind="stable")[:count]
    return [str(name) for name in farthest[farthest > 0].index]


def _difference(first: Numbers, other: Numbers, axis: int) -> Numbers:
    rmse: Numbers = np.sqrt(other.mean(axis=axis)) - np.sqrt(first.mean(axis=axis))
    return rmse

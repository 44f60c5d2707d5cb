"""Error measures of predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

from backbones.errors import InputError
from ensemble.metric import METRICS, RMSE, Metric, MetricName

Numbers = npt.NDArray[np.float64]

#: Bootstrap samples: the interval's ends are then stable to some thousandths.
_RESAMPLES = 2000


@dataclass(frozen=True)
class Measured:
    """The value of a metric."""

    metric: MetricName
    value: float
    standard_error: float  #: over the sampling of the photos
    value_all: float  #: including the photos that are set aside

    @property
    def label(self) -> str:
        """What people call the metric."""
        return Metric(self.metric).label

    @property
    def has_unit(self) -> bool:
        """Whether it is in the target's unit."""
        return self.metric in ("rmse", "mae")


class Error(NamedTuple):
    """An error in the target's unit."""

    value: float
    standard_error: float  #: that decides its digits: of the RMSE


@dataclass(frozen=True)
class Scores:
    """Root mean squared and mean absolute error, in the target's unit, and the run's metric."""

    rmse: float
    standard_error: float  #: of the RMSE, over the sampling of the photos
    mae: float
    rmse_all: float  #: RMSE including the photos that are set aside
    photos: int  #: number of photos, excluding them
    measured: Measured | None = None  #: by the metric, where that is not RMSE

    @property
    def headline(self) -> Measured:
        """By the metric that decides."""
        own = Measured("rmse", self.rmse, self.standard_error, self.rmse_all)
        return self.measured or own

    @property
    def others(self) -> dict[str, Error]:
        """What stands beside the headline, by what people call it."""
        return other_errors(self.headline, self.rmse, self.standard_error, self.mae)

    def columns(self) -> dict[str, Any]:
        """The numbers by the names that tables have for them; those of the metric come first.

        >>> Scores(1.0, 0.1, 0.5, 1.0, 9, Measured("mae", 0.5, 0.2, 0.5)).columns()
        {'mae': 0.5, 'mae_standard_error': 0.2, 'mae_all': 0.5, 'rmse': 1.0, \
'standard_error': 0.1, 'rmse_all': 1.0, 'photos': 9}
        """
        own = {one: getattr(self, one) for one in _OWN}
        if self.measured is None:
            return own
        keys = _keys(self.measured.metric)
        measured = (self.measured.value, self.measured.standard_error, self.measured.value_all)
        first = dict(zip(keys, measured, strict=True))
        return first | {name: value for name, value in own.items() if name not in first}

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Scores:
        """Read what ``columns`` gives; other columns are passed over.

        Raises
        ------
        KeyError
            One is missing.
        """
        metric = metric_in(columns)
        measured = (
            None if metric == "rmse" else Measured(metric, *(columns[key] for key in _keys(metric)))
        )
        return cls(**{name: columns[name] for name in _OWN}, measured=measured)


#: The names of what all runs have.
_OWN = tuple(one.name for one in fields(Scores) if one.name != "measured")


def other_errors(
    headline: Measured, rmse: float, standard_error: float, mae: float
) -> dict[str, Error]:
    """RMSE and MAE, without the one that is the headline."""
    found = {"RMSE": Error(rmse, standard_error), "MAE": Error(mae, standard_error)}
    return {label: error for label, error in found.items() if label != headline.label}


def _keys(metric: MetricName) -> tuple[str, str, str]:
    return metric, f"{metric}_standard_error", f"{metric}_all"


def metric_in(columns: Mapping[str, Any]) -> MetricName:
    """The metric that a table with these columns is of.

    >>> metric_in({"rmse": 1.0, "standard_error": 0.1, "mae": 0.9}), metric_in({"r2_all": 0.5})
    ('rmse', 'r2')
    """
    return next((one for one in METRICS if one != "rmse" and f"{one}_all" in columns), "rmse")


def scored_photos(
    target: Numbers, weight: Numbers | None, above: float | None
) -> npt.NDArray[np.bool_]:
    """Return a mask (n,) of the photos whose target does not exceed `above`.

    Raises
    ------
    InputError
        There is none, or all of them have weight 0.
    """
    scored: npt.NDArray[np.bool_] = target <= (np.inf if above is None else above)
    if not (scored if weight is None else weight[scored]).any():
        raise InputError(
            f"score.set_aside_above: no photo has a target up to {above}; raise it, or leave it out"
        )
    return scored


def score(
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
    metric: Metric = RMSE,
) -> Scores:
    """Score predictions (n,), or (repeats, n), against a target (n,).

    Photos are weighted; the errors of a photo are averaged over the repeats. The standard error
    follows from that of the mean loss by the delta method. The metric has to be defined for these
    predictions and targets; see ``Metric.undefined``.

    >>> score(np.array([1.0, 3.0, 9.0]), np.array([1.0, 1.0, 50.0]), set_aside_above=40).rmse
    1.4142135623730951
    """
    scored = scored_photos(target, weight, set_aside_above)
    weight = np.ones(len(target)) if weight is None else weight
    squared = RMSE.losses(np.atleast_2d(predictions), target).mean(axis=0)
    found = RMSE.estimate(squared[scored], target[scored], weight[scored])
    errors = np.abs(np.atleast_2d(predictions) - target)
    return Scores(
        rmse=found.value,
        standard_error=found.standard_error,
        mae=float(found.share @ errors.mean(axis=0)[scored]),
        rmse_all=float(np.sqrt(np.average(squared, weights=weight))),
        photos=int(scored.sum()),
        measured=None
        if metric.name == "rmse"
        else _measure(metric, predictions, target, weight, scored),
    )


def _measure(
    metric: Metric,
    predictions: Numbers,
    target: Numbers,
    weight: Numbers,
    scored: npt.NDArray[np.bool_],
) -> Measured:
    losses = metric.losses(np.atleast_2d(predictions), target).mean(axis=0)
    found = metric.estimate(losses[scored], target[scored], weight[scored])
    value_all = metric.estimate(losses, target, weight).value
    return Measured(metric.name, found.value, found.standard_error, value_all)


def interval(
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
    metric: Metric = RMSE,
) -> tuple[float, float]:
    """Return the 95 % confidence interval of a metric, by a percentile bootstrap over photos.

    The arguments are those of ``score``.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    scored = scored_photos(target, weight, set_aside_above)
    losses = metric.losses(np.atleast_2d(predictions), target).mean(axis=0)[scored]
    weight = np.ones(len(losses)) if weight is None else weight[scored]
    drawn = losses[weight > 0], weight[weight > 0], target[scored][weight > 0]
    if len(drawn[0]) == 1:
        return (float(metric.resample(*drawn, axis=-1)),) * 2
    result = bootstrap(
        drawn,
        metric.resample,
        n_resamples=_RESAMPLES,
        batch=100,
        paired=True,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = result.confidence_interval
    return float(low), float(high)

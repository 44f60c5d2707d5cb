"""Error measures of predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

from backbones.errors import InputError

Numbers = npt.NDArray[np.float64]

#: Bootstrap samples: the interval's ends are then stable to some thousandths.
_RESAMPLES = 2000


@dataclass(frozen=True)
class Scores:
    """Root mean squared and mean absolute error, in the target's unit."""

    rmse: float
    standard_error: float  #: of the RMSE, over the sampling of the photos
    mae: float
    rmse_all: float  #: RMSE including the photos that are set aside
    photos: int  #: number of photos, excluding them


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
) -> Scores:
    """Score predictions (n,), or (repeats, n), against a target (n,).

    Photos are weighted; the errors of a photo are averaged over the repeats. The standard error
    follows from that of the mean squared error by the delta method.

    >>> score(np.array([1.0, 3.0, 9.0]), np.array([1.0, 1.0, 50.0]), set_aside_above=40).rmse
    1.4142135623730951
    """
    scored = scored_photos(target, weight, set_aside_above)
    weight = np.ones(len(target)) if weight is None else weight
    errors = _errors(predictions, target)
    squared = (errors**2).mean(axis=0)
    share = weight[scored] / weight[scored].sum()
    mean = float(share @ squared[scored])
    rmse = float(np.sqrt(mean))
    spread = float(np.sqrt((share**2) @ (squared[scored] - mean) ** 2))
    return Scores(
        rmse=rmse,
        standard_error=spread / (2 * rmse) if rmse > 0 else 0.0,
        mae=float(share @ np.abs(errors).mean(axis=0)[scored]),
        rmse_all=float(np.sqrt(np.average(squared, weights=weight))),
        photos=int(scored.sum()),
    )


def compare(
    predictions: Numbers,
    others: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
) -> tuple[float, float]:
    """How much larger the mean squared error of others is, and the standard error of that.

    Both are of the same photos, so that the difference is known better than either error. The
    arguments are those of ``score``; the unit is the target's, squared.

    >>> compare(np.zeros(2), np.array([1.0, 3.0]), np.zeros(2))
    (5.0, 2.8284271247461903)
    """
    scored = scored_photos(target, weight, set_aside_above)
    weight = np.ones(len(target)) if weight is None else weight
    gains = (_errors(others, target) ** 2 - _errors(predictions, target) ** 2).mean(axis=0)[scored]
    share = weight[scored] / weight[scored].sum()
    gain = float(share @ gains)
    return gain, float(np.sqrt((share**2) @ (gains - gain) ** 2))


def rmse_interval(
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
) -> tuple[float, float]:
    """Return the 95 % confidence interval of the RMSE, by a percentile bootstrap over photos.

    The arguments are those of ``score``.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    scored = scored_photos(target, weight, set_aside_above)
    squared = (_errors(predictions, target) ** 2).mean(axis=0)[scored]
    weight = np.ones(len(squared)) if weight is None else weight[scored]
    squared, weight = squared[weight > 0], weight[weight > 0]
    if len(squared) == 1:
        return (float(np.sqrt(squared[0])),) * 2
    result = bootstrap(
        (squared, weight),
        lambda s, w, axis: np.sqrt((s * w).sum(axis=axis) / w.sum(axis=axis)),
        n_resamples=_RESAMPLES,
        batch=100,
        paired=True,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = result.confidence_interval
    return float(low), float(high)


def _errors(predictions: Numbers, target: Numbers) -> Numbers:
    """Return signed errors (repeats, n)."""
    errors: Numbers = np.atleast_2d(predictions) - target
    return errors

"""How far predictions are from the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

from backbones.errors import InputError

Numbers = npt.NDArray[np.float64]

#: Draws of the photos: the ends of the interval are steady to some thousandths.
_RESAMPLES = 2000


@dataclass(frozen=True)
class Scores:
    """Root mean squared and mean absolute error, in the target's unit."""

    rmse: float
    standard_error: float  #: of the RMSE, over the draw of the photos
    mae: float
    rmse_all: float  #: with the photos that are set aside
    photos: int  #: without them


def scored_photos(
    target: Numbers, weight: Numbers | None, above: float | None
) -> npt.NDArray[np.bool_]:
    """Which photos (n,) a score is about: those whose target is not above the limit.

    Raises
    ------
    InputError
        None is, or all of them have weight 0.
    """
    kept: npt.NDArray[np.bool_] = target <= (np.inf if above is None else above)
    if not (kept if weight is None else weight[kept]).any():
        raise InputError(f"score.set_aside_above: no photo has a target up to {above}")
    return kept


def score(
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
) -> Scores:
    """The scores of predictions (n,), or (repeats, n), of a target (n,).

    Each photo counts by its weight; the errors of the repeats of a photo are averaged.

    The standard error follows from that of the mean squared error by the delta method.

    >>> score(np.array([1.0, 3.0, 9.0]), np.array([1.0, 1.0, 50.0]), set_aside_above=40).rmse
    1.4142135623730951
    """
    kept = scored_photos(target, weight, set_aside_above)
    weight = np.ones(len(target)) if weight is None else weight
    errors = _errors(predictions, target)
    squared = (errors**2).mean(axis=0)
    share = weight[kept] / weight[kept].sum()
    mean = float(share @ squared[kept])
    rmse = float(np.sqrt(mean))
    spread = float(np.sqrt((share**2) @ (squared[kept] - mean) ** 2))
    return Scores(
        rmse=rmse,
        standard_error=spread / (2 * rmse) if rmse > 0 else 0.0,
        mae=float(share @ np.abs(errors).mean(axis=0)[kept]),
        rmse_all=float(np.sqrt(np.average(squared, weights=weight))),
        photos=int(kept.sum()),
    )


def rmse_interval(
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None = None,
    set_aside_above: float | None = None,
) -> tuple[float, float]:
    """Between which ends the RMSE lies in 95 of 100 draws of the photos: a percentile bootstrap.

    The arguments are those of ``score``.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    kept = scored_photos(target, weight, set_aside_above)
    squared = (_errors(predictions, target) ** 2).mean(axis=0)[kept]
    weight = np.ones(len(squared)) if weight is None else weight[kept]
    squared, weight = squared[weight > 0], weight[weight > 0]
    if len(squared) == 1:
        return (float(np.sqrt(squared[0])),) * 2
    found = bootstrap(
        (squared, weight),
        lambda s, w, axis: np.sqrt((s * w).sum(axis=axis) / w.sum(axis=axis)),
        n_resamples=_RESAMPLES,
        batch=100,
        paired=True,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = found.confidence_interval
    return float(low), float(high)


def _errors(predictions: Numbers, target: Numbers) -> Numbers:
    """With their sign, (repeats, n)."""
    errors: Numbers = np.atleast_2d(predictions) - target
    return errors

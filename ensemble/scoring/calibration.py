"""Intervals fitted on the out-of-fold table, and what they are worth on folds they never saw."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.scoring.intervals import Errors, Intervals, Limits, fit_intervals
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: The groups of photos that coverage is stated for: the halves by the stack's prediction, and
#: those by the target.
ALL, LOW, HIGH = "all", "predictions_up_to_median", "predictions_above_median"
FEW, MANY = "targets_up_to_median", "targets_above_median"


@dataclass(frozen=True)
class Coverage:
    """How often the intervals of a group of photos hold the target, and how wide they are."""

    share: float  #: of the photos whose target lies in its interval, ends included
    mean_width: float | None  #: in the target's unit; None where an interval is endless
    photos: int


@dataclass(frozen=True)
class Calibration:
    """The intervals of new photos, and those of the table's rows."""

    intervals: Intervals  #: from all folds
    lower: Numbers  #: float64 (rows,), each from the errors in the other folds alone
    upper: Numbers  #: likewise
    coverage: dict[str, Coverage]  #: of ``lower`` to ``upper``, by group

    @property
    def metrics(self) -> dict[str, Any]:
        """For ``metrics.json``."""
        measured = {group: asdict(one) for group, one in self.coverage.items()}
        return {"coverage": self.intervals.coverage, "measured": measured}


def summary(metrics: dict[str, Any]) -> str:
    """One line for the terminal, from what ``metrics.json`` says."""
    asked, measured = metrics["coverage"], metrics["measured"]
    found = measured[ALL]
    if found["mean_width"] is None:
        return f"{asked:.4g} intervals are endless: there are too few photos to tell their width"
    halves = [
        f"{measured[group]['share']:.1%} of the {half} half of predictions"
        for group, half in ((LOW, "lower"), (HIGH, "upper"))
        if group in measured
    ]
    return (
        f"{asked:.4g} intervals hold {found['share']:.1%} of targets out of fold "
        f"({', '.join(halves)}); mean width {found['mean_width']:.3g}"
    )


def calibrate(
    table: OutOfFold,
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None,
    coverage: float,
    limits: Limits,
) -> Calibration:
    """Fits the intervals on the errors of all folds, and for each fold on those of the others.

    Photos that a score sets aside have their part in both: nobody knows of a new photo whether it
    is one of them.

    Parameters
    ----------
    predictions : float64 (rows,)
        The stack's nested predictions, between the limits.
    target, weight : float64 (photos,)
    limits : two floats
        The least and the largest target that there can be.
    """
    errors = Errors.of(table.photo, predictions, target, weight)
    lower, upper = np.empty((2, len(predictions)))
    for others, fold in table.splits():
        known = Errors.of(table.photo[others], predictions[others], target, weight)
        ends = fit_intervals(known, coverage).around(predictions[fold], limits)
        lower[fold], upper[fold] = ends
    measured = _measured(table, predictions, lower, upper, target, weight)
    return Calibration(fit_intervals(errors, coverage), lower, upper, measured)


def _measured(
    table: OutOfFold,
    predictions: Numbers,
    lower: Numbers,
    upper: Numbers,
    target: Numbers,
    weight: Numbers | None,
) -> dict[str, Coverage]:
    """The coverage of each group that holds a photo of any weight.

    Scaled by the prediction, intervals promise about the same coverage at each level of the
    prediction; nothing can promise it for each target, which nobody knows beforehand.
    """
    photo, truth = table.photo, target[table.photo]
    mass = np.ones(len(photo)) if weight is None else weight[photo]
    low, few = predictions <= np.median(predictions), truth <= np.median(truth)
    groups: dict[str, Mask] = {ALL: low | ~low, LOW: low, HIGH: ~low, FEW: few, MANY: ~few}
    inside, width = (lower <= truth) & (truth <= upper), upper - lower

    def of(rows: Mask) -> Coverage:
        share, mean = (np.average(one[rows], weights=mass[rows]) for one in (inside, width))
        photos = len(np.unique(photo[rows]))
        return Coverage(float(share), float(mean) if np.isfinite(mean) else None, photos)

    counted = {name: group & (mass > 0) for name, group in groups.items()}
    return {name: of(rows) for name, rows in counted.items() if rows.any()}

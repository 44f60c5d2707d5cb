"""Prediction intervals fitted on the out-of-fold table, and their coverage of held-out folds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.digits import format_number
from ensemble.scoring.intervals import Errors, Intervals, Limits, fit_intervals
from ensemble.stacking.folds import Rows
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: The groups of photos that coverage is reported for: all, and the halves by the stack's
#: prediction and by the target.
ALL, LOW, HIGH = "all", "predictions_up_to_median", "predictions_above_median"
FEW, MANY = "targets_up_to_median", "targets_above_median"


@dataclass(frozen=True)
class Coverage:
    """Coverage and mean width of the intervals of a group of photos."""

    share: float  #: fraction of photos whose target lies in its interval, ends included
    mean_width: float | None  #: in the target's unit; None if an interval is infinite
    photos: int


@dataclass(frozen=True)
class Calibration:
    """The intervals for new photos, and the intervals of the out-of-fold rows."""

    intervals: Intervals  #: fitted on all folds
    lower: Numbers  #: float64 (rows,), each from the errors of the other folds, or earlier ones
    upper: Numbers  #: likewise
    coverage: dict[str, Coverage]  #: of ``lower`` to ``upper``, by group

    @property
    def metrics(self) -> dict[str, Any]:
        """The content of ``metrics.json``."""
        measured = {group: asdict(coverage) for group, coverage in self.coverage.items()}
        return {"coverage": self.intervals.coverage, "measured": measured}


def summary(metrics: dict[str, Any]) -> str:
    """Format one line for the terminal from the content of ``metrics.json``."""
    coverage, measured = metrics["coverage"], metrics["measured"]
    overall = measured[ALL]
    if overall["mean_width"] is None:
        return f"{coverage:.4g} intervals are endless: there are too few photos to tell their width"
    width = format_number(overall["mean_width"], digits=3)
    halves = [
        f"{measured[group]['share']:.1%} of the {half} half of predictions"
        for group, half in ((LOW, "lower"), (HIGH, "upper"))
        if group in measured
    ]
    return (
        f"{coverage:.4g} intervals hold {overall['share']:.1%} of targets out of fold "
        f"({', '.join(halves)}); mean width {width}"
    )


def calibrate(
    table: OutOfFold,
    predictions: Numbers,
    target: Numbers,
    weight: Numbers | None,
    coverage: float,
    limits: Limits,
    in_parts: bool = False,
) -> Calibration:
    """Fit intervals on the errors of all folds, and for each fold on those of the others.

    Of ordered folds, on those of earlier ones: intervals of the first one are endless, and it is
    left out of the coverage.

    Photos that the score sets aside take part in both: of a new photo it is not known whether it
    would be set aside.

    Parameters
    ----------
    predictions : float64 (rows,)
        The stack's nested predictions, within the limits.
    target, weight : float64 (photos,)
    limits : two floats
        The smallest and the largest possible target.
    in_parts : bool
        Whether targets are of parts of photos; new photos, which are whole, have more.
    """
    errors = Errors.of(table.photo, predictions, target, weight)
    lower, upper = np.empty((2, len(predictions)))
    for others, fold in table.splits():
        outside = Errors.of(table.photo[others], predictions[others], target, weight)
        ends = fit_intervals(outside, coverage, in_parts).around(predictions[fold], limits)
        lower[fold], upper[fold] = ends
    known = table.fold > table.fold.min() if table.is_ordered else np.ones(len(predictions), bool)
    ends = lower[known], upper[known]
    measured = _measure_coverage(table.photo[known], predictions[known], *ends, target, weight)
    return Calibration(fit_intervals(errors, coverage, in_parts), lower, upper, measured)


def _measure_coverage(
    photo: Rows,
    predictions: Numbers,
    lower: Numbers,
    upper: Numbers,
    target: Numbers,
    weight: Numbers | None,
) -> dict[str, Coverage]:
    """Measure the coverage of each group that holds a photo of positive weight.

    Scaled by the prediction, intervals have about the same coverage at each level of the
    prediction; at each level of the target, which is unknown beforehand, none can be guaranteed.
    """
    truth = target[photo]
    mass = np.ones(len(photo)) if weight is None else weight[photo]
    low, few = predictions <= np.median(predictions), truth <= np.median(truth)
    groups: dict[str, Mask] = {ALL: low | ~low, LOW: low, HIGH: ~low, FEW: few, MANY: ~few}
    inside, width = (lower <= truth) & (truth <= upper), upper - lower

    def of(rows: Mask) -> Coverage:
        share, mean = (np.average(column[rows], weights=mass[rows]) for column in (inside, width))
        photos = len(np.unique(photo[rows]))
        return Coverage(float(share), float(mean) if np.isfinite(mean) else None, photos)

    counted = {name: group & (mass > 0) for name, group in groups.items()}
    return {name: of(rows) for name, rows in counted.items() if rows.any()}

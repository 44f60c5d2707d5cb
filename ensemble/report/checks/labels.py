"""Checks of the targets."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from backbones.plural import count
from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.digits import format_number
from ensemble.report.checks.check import first
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence

#: How many times as far from the prediction as its interval reaches a suspected target lies.
_FAR = 3.0

#: Share of the error by which the members of such a photo may differ among themselves.
_AGREE = 0.5

#: Most photos of a hundred that are outliers: more are the target's own distribution.
_RARE = 0.01

#: Interquartile ranges beyond the quartiles: Tukey's far out.
_RANGES = 3.0


class SuspectedLabels:
    """The target lies far from what all members say.

    As cleanlab's scores of regression labels, it goes by the residual of out-of-fold predictions,
    here in units of what the interval at that level holds, and asks the members to agree.
    """

    code: ClassVar[str] = "labels"
    title: ClassVar[str] = "Targets that may be wrong"

    def __call__(self, evidence: Evidence) -> Finding | None:
        photos = evidence.photos
        error = photos["target"] - photos[STACK]
        side = np.where(error > 0, photos[UPPER] - photos[STACK], photos[STACK] - photos[LOWER])
        members = photos[evidence.members]
        differing = members.max(axis=1) - members.min(axis=1)
        agree = (differing <= _AGREE * error.abs()) & np.isfinite(side) & (side > 0)
        ratio: pd.Series[float] = (error.abs() / np.where(agree, side, 1))[agree]
        suspected: pd.Series[float] = ratio[ratio > _FAR].sort_values(
            ascending=False, kind="stable"
        )
        if suspected.empty:
            return None
        names = first(suspected.index.tolist())
        worst = photos.loc[suspected.index[0]]
        among = ", while the members agree" if len(evidence.members) > 1 else ""
        coverage = evidence.metrics["intervals"]["coverage"]
        return Finding(
            self.code,
            self.title,
            f"So many lie more than three times as far from the prediction as the {coverage:g} "
            f"interval reaches{among}: {count(len(suspected), 'target')}. "
            f"The farthest is {names[0]}: {format_number(float(worst['target']))}, where "
            f"{format_number(float(worst[STACK]))} is predicted.",
            "Look at these photos first; a few wrong targets cost more than many small errors.",
            photos=names,
        )


class TargetOutliers:
    """Few targets lie far outside of all others."""

    code: ClassVar[str] = "outliers"
    title: ClassVar[str] = "Targets far outside of all others"

    def __call__(self, evidence: Evidence) -> Finding | None:
        target = evidence.photos["target"]
        low, high = np.quantile(target, [0.25, 0.75])
        reach = _RANGES * (high - low)
        outside = target[(target < low - reach) | (target > high + reach)]
        if high == low or outside.empty or len(outside) > max(1, _RARE * len(target)):
            return None
        farthest = (outside - target.median()).abs().sort_values(ascending=False, kind="stable")
        return Finding(
            self.code,
            self.title,
            f"{count(len(outside), 'target')} lie more than three interquartile ranges beyond the "
            f"quartiles, {format_number(low)} and {format_number(high)}; the farthest is "
            f"{format_number(target[farthest.index[0]])}.",
            "See whether they are right. If they are, score.set_aside_above keeps a few of them "
            "from deciding the score and the stack.",
            photos=first(farthest.index.tolist()),
        )

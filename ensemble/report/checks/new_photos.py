"""Checks of new photos that were predicted, beside those of the fit."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from backbones.plural import part
from ensemble.config.columns import STACK
from ensemble.digits import format_given
from ensemble.report.checks.check import first
from ensemble.report.contents import Finding
from ensemble.report.predicted import Predicted
from ensemble.scoring.novelty import SHARE

Numbers = npt.NDArray[np.float64]

#: How often as many as these would be far by chance, at most.
_CHANCE = 0.01

#: Of the photos, below which what is far is no kind of its own.
_FEW = 2 * SHARE


class FarPhotos:
    """More photos are unlike those of the fit than would be if they were of the same kind."""

    code: ClassVar[str] = "far-photos"
    title: ClassVar[str] = "Photos unlike those of the fit"

    def __call__(self, evidence: Predicted) -> Finding | None:
        novelty, own = evidence.novelty, evidence.own
        if novelty is None or own is None:
            return None
        far = int((novelty > 1).sum())
        if far < _FEW * len(novelty) or _chance(novelty, own) > _CHANCE:
            return None
        farthest = evidence.table.index[np.argsort(-novelty, kind="stable")[:far]]
        return Finding(
            self.code,
            self.title,
            f"{part(far, len(novelty), 'new photo')} ({far / len(novelty):.0%}) lie farther from "
            f"the photos of the fit than {1 - SHARE:.0%} of these do from each other.",
            "The scores and intervals of the run say little of such photos. See whether they are "
            "what is to be predicted; if so, label some of them and fit again.",
            serious=True,
            photos=first(list(farthest)),
        )


class BeyondTargets:
    """Predictions lie outside of all targets that were learned from."""

    code: ClassVar[str] = "beyond-targets"
    title: ClassVar[str] = "Predictions outside of the known targets"

    def __call__(self, evidence: Predicted) -> Finding | None:
        low, high = evidence.known["target"].min(), evidence.known["target"].max()
        predicted = evidence.table[STACK]
        outside = evidence.table.index[(predicted < low) | (predicted > high)]
        if not len(outside):
            return None
        return Finding(
            self.code,
            self.title,
            f"{part(len(outside), len(predicted), 'prediction', 'is')} outside of "
            f"{format_given(float(low))} to {format_given(float(high))}, the targets of the fit.",
            "Nothing is known of errors there. Where such numbers cannot be, set data.minimum or "
            "data.maximum and fit again; where they can, label photos like these.",
            photos=first(list(outside)),
        )


def _chance(novelty: Numbers, own: Numbers) -> float:
    """How often so many of photos of the same kind would be far."""
    from scipy.stats import fisher_exact

    counts = [[int((of > 1).sum()), int((of <= 1).sum())] for of in (novelty, own)]
    return float(fisher_exact(counts, alternative="greater").pvalue)

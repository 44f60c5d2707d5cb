"""Prediction intervals: between which ends the target of a new photo lies, at a stated coverage.

Split-conformal: an interval reaches as far down and up as the errors of photos that nothing behind
their predictions had seen, scaled by how large errors are at that level of the prediction. Down and
up each miss a half of what the coverage leaves out, as counts are missed by more than they are
overcounted.

References
----------
- Papadopoulos, Proedrou, Vovk and Gammerman, "Inductive Confidence Machines for Regression",
  ECML 2002: the quantile. Linusson, Johansson and Lofstrom, "Signed-Error Conformal Regression",
  PAKDD 2014: one for each side.
- "Normalized nonconformity measures", Papadopoulos, Gammerman and Vovk, AIA 2008, and Lei, G'Sell,
  Rinaldo, Tibshirani and Wasserman, "Distribution-Free Predictive Inference for Regression", JASA
  2018, section 5.2: the scale.
- Tibshirani, Barber, Candes and Ramdas, "Conformal Prediction Under Covariate Shift", NeurIPS 2019:
  the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from ensemble.stacking.folds import Rows

Numbers = npt.NDArray[np.float64]
Limits = tuple[float, float]

#: The names of the ends' columns.
LOWER, UPPER = "lower", "upper"

#: The scale has at most so many knots, each over photos of which so many have larger errors.
_KNOTS, _BEYOND = 20, 10

#: Parts of the photos; the errors of each are scaled by what the others say.
_PARTS = 5


@dataclass(frozen=True)
class Scale:
    """How large errors are at each level of the prediction: linear between knots.

    Beyond the outermost knots it grows as the distance from 0 does, and never shrinks.

    >>> Scale(np.array([2.0, 10.0]), np.array([1.0, 3.0])).at(np.array([1.0, 6.0, 20.0]))
    array([1., 2., 6.])
    """

    level: Numbers  #: (knots,), rising
    size: Numbers  #: (knots,), in the target's unit

    def at(self, predictions: Numbers) -> Numbers:
        """float64 (n,), above 0."""
        inside = np.clip(predictions, self.level[0], self.level[-1])
        size = np.interp(inside, self.level, self.size)
        grown = np.divide(predictions, inside, out=np.ones(inside.shape), where=inside != 0)
        return size * np.maximum(grown, 1)


@dataclass(frozen=True)
class Intervals:
    """The interval of a prediction: from ``below`` to ``above`` times the scale around it.

    >>> intervals = Intervals(0.9, Scale(np.array([0.0, 10.0]), np.array([1.0, 3.0])), 1.5, 2.0)
    >>> intervals.around(np.array([1.0, 5.0]), (0.0, np.inf))
    (array([0., 2.]), array([3.4, 9. ]))
    """

    coverage: float
    scale: Scale
    below: float  #: infinite where there are too few photos to tell
    above: float

    def around(self, predictions: Numbers, limits: Limits) -> tuple[Numbers, Numbers]:
        """The lower and upper ends, float64 (n,), cut off where no target can lie."""
        scale = self.scale.at(predictions)
        lower, upper = predictions - self.below * scale, predictions + self.above * scale
        return np.clip(lower, *limits), np.clip(upper, *limits)

    def to_json(self) -> dict[str, Any]:
        """As numbers for JSON, which has none for infinity: there it is None."""
        return {
            "coverage": self.coverage,
            "level": self.scale.level.tolist(),
            "size": self.scale.size.tolist(),
            "below": self.below if np.isfinite(self.below) else None,
            "above": self.above if np.isfinite(self.above) else None,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Intervals:
        """What ``to_json`` gave."""
        scale = Scale(np.array(content["level"]), np.array(content["size"]))
        ends = (content["below"], content["above"])
        below, above = (np.inf if end is None else end for end in ends)
        return cls(content["coverage"], scale, below, above)


@dataclass(frozen=True)
class Errors:
    """Predictions of photos that nothing behind them has seen, and how far off they are.

    A photo has a row for each repeat; every array is (rows,).
    """

    photo: Rows
    predictions: Numbers
    signed: Numbers  #: target less prediction, in the target's unit
    weight: Numbers

    @classmethod
    def of(
        cls, photo: Rows, predictions: Numbers, target: Numbers, weight: Numbers | None
    ) -> Errors:
        """Of photos by position, with the target and weight (photos,) of all; without weight 0."""
        mass = np.ones(len(photo)) if weight is None else weight[photo]
        signed = target[photo] - predictions
        return cls(photo, predictions, signed, mass).take(np.flatnonzero(mass > 0))

    @property
    def size(self) -> Numbers:
        """Without sign."""
        return np.abs(self.signed)

    @property
    def photos(self) -> int:
        return len(np.unique(self.photo))

    def take(self, rows: Rows) -> Errors:
        return Errors(
            self.photo[rows], self.predictions[rows], self.signed[rows], self.weight[rows]
        )

    def quantile(self, scores: Numbers, coverage: float) -> float:
        """The least score that, with a new photo of mean weight, holds `coverage` of the weight.

        Of n photos of one weight it is the ceil((n + 1) coverage)-th smallest, counted with ties;
        infinite where that is more than n.
        """
        order = np.argsort(scores, kind="stable")
        mass = np.cumsum(self.weight[order])
        if not len(mass):
            return np.inf
        needed = coverage * (mass[-1] + mass[-1] / self.photos)
        # The margin keeps a sum that rounding made a little too small.
        reached = int(np.searchsorted(mass, needed * (1 - 1e-12)))
        return float(scores[order[reached]]) if reached < len(mass) else np.inf


def fit_intervals(errors: Errors, coverage: float) -> Intervals:
    """The intervals that these errors support.

    The scale at a level is the quantile of the errors there, without their sign. Each error is
    divided by a scale that it had no part in; the quantiles of these ratios, down and up, make good
    for what the scale misses. Few photos (fewer than 200 for a coverage of 0.9) leave the scale at
    1: all intervals are of one width.
    """
    knots = min(_KNOTS, errors.photos // round(_BEYOND / (1 - coverage)))
    if knots < 2:
        return _around(Scale(np.zeros(1), np.ones(1)), errors, errors.signed, coverage)
    ratios = np.empty(len(errors.signed))
    for others, part in GroupKFold(_PARTS).split(errors.signed, groups=errors.photo):
        scale = _scale(errors.take(others), knots, coverage)
        ratios[part] = errors.signed[part] / scale.at(errors.predictions[part])
    return _around(_scale(errors, knots, coverage), errors, ratios, coverage)


def _around(scale: Scale, errors: Errors, ratios: Numbers, coverage: float) -> Intervals:
    """A prediction lies in its interval, whatever the ratios are."""
    side = (1 + coverage) / 2
    below, above = (max(0.0, errors.quantile(one, side)) for one in (-ratios, ratios))
    return Intervals(coverage, scale, below, above)


def _scale(errors: Errors, knots: int, coverage: float) -> Scale:
    """A knot for each of equally many photos by prediction; equal predictions share one."""
    ends = np.quantile(errors.predictions, np.linspace(0, 1, knots + 1)[1:-1])
    bins = np.searchsorted(ends, errors.predictions)
    parts = [errors.take(np.flatnonzero(bins == one)) for one in np.unique(bins)]
    levels = np.array([one.predictions.mean() for one in parts])
    sizes = np.array([_size(one, coverage) for one in parts])
    # Where no error was seen, one may come; divided by 0 it would make every interval endless.
    return Scale(levels, np.maximum(sizes, sizes.max() / 100 or 1.0))


def _size(errors: Errors, coverage: float) -> float:
    """The quantile as it is seen: what a new photo may add is for ``Errors.quantile`` alone."""
    return float(np.quantile(errors.size, coverage, weights=errors.weight, method="inverted_cdf"))

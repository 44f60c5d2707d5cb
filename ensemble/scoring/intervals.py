"""Prediction intervals that hold the target of a new photo with a stated coverage.

Split-conformal: an interval extends below and above the prediction by quantiles of the errors of
held-out photos, scaled by the size of errors at that level of the prediction. Each side misses half
of the targets outside the coverage, with a quantile of its own, as undercounts are larger than
overcounts.

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

#: Most knots of the scale, and least photos with errors beyond the quantile at each knot.
_KNOTS, _BEYOND = 20, 10

#: Groups of photos; the errors of each are scaled by the scale of the others.
_PARTS = 5


@dataclass(frozen=True)
class Scale:
    """Size of errors as a function of the prediction, linear between knots.

    Beyond the outermost knots it grows in proportion to the prediction, and never shrinks.

    >>> Scale(np.array([2.0, 10.0]), np.array([1.0, 3.0])).at(np.array([1.0, 6.0, 20.0]))
    array([1., 2., 6.])
    """

    level: Numbers  #: predictions (knots,), increasing
    size: Numbers  #: of errors (knots,), in the target's unit

    def at(self, predictions: Numbers) -> Numbers:
        """Return the size of errors at each prediction, float64 (n,), above 0."""
        inside = np.clip(predictions, self.level[0], self.level[-1])
        size = np.interp(inside, self.level, self.size)
        grown = np.divide(predictions, inside, out=np.ones(inside.shape), where=inside != 0)
        return size * np.maximum(grown, 1)


@dataclass(frozen=True)
class Intervals:
    """Intervals from ``below`` times the scale below a prediction to ``above`` times above it.

    >>> intervals = Intervals(0.9, Scale(np.array([0.0, 10.0]), np.array([1.0, 3.0])), 1.5, 2.0)
    >>> intervals.around(np.array([1.0, 5.0]), (0.0, np.inf))
    (array([0., 2.]), array([3.4, 9. ]))
    """

    coverage: float
    scale: Scale
    below: float  #: infinite if there are too few photos
    above: float

    def around(self, predictions: Numbers, limits: Limits) -> tuple[Numbers, Numbers]:
        """Return the lower and upper ends, float64 (n,), clipped to the limits of the target."""
        scale = self.scale.at(predictions)
        lower, upper = predictions - self.below * scale, predictions + self.above * scale
        return np.clip(lower, *limits), np.clip(upper, *limits)

    def to_json(self) -> dict[str, Any]:
        """Return the intervals as JSON content, in which infinity is None."""
        return {
            "coverage": self.coverage,
            "level": self.scale.level.tolist(),
            "size": self.scale.size.tolist(),
            "below": self.below if np.isfinite(self.below) else None,
            "above": self.above if np.isfinite(self.above) else None,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Intervals:
        """Restore intervals from the content that ``to_json`` returns.

        Raises
        ------
        KeyError, TypeError, ValueError
            The content is something else.
        """
        level, size = (np.array(content[key], dtype=np.float64) for key in ("level", "size"))
        if level.ndim != 1 or not level.size or level.shape != size.shape:
            raise ValueError(f"a scale of {level.shape} levels and {size.shape} sizes")
        ends = (content["below"], content["above"])
        below, above = (np.inf if end is None else float(end) for end in ends)
        return cls(float(content["coverage"]), Scale(level, size), below, above)


@dataclass(frozen=True)
class Errors:
    """Predictions of held-out photos and their errors.

    A photo has one row a repeat; every array is (rows,).
    """

    photo: Rows
    predictions: Numbers
    signed: Numbers  #: target minus prediction, in the target's unit
    weight: Numbers

    @classmethod
    def of(
        cls, photo: Rows, predictions: Numbers, target: Numbers, weight: Numbers | None
    ) -> Errors:
        """Build from the photo of each row and the target and weight (photos,); drop weight 0."""
        mass = np.ones(len(photo)) if weight is None else weight[photo]
        signed = target[photo] - predictions
        return cls(photo, predictions, signed, mass).take(np.flatnonzero(mass > 0))

    @property
    def size(self) -> Numbers:
        """Absolute errors."""
        return np.abs(self.signed)

    @property
    def photos(self) -> int:
        return len(np.unique(self.photo))

    def take(self, rows: Rows) -> Errors:
        return Errors(
            self.photo[rows], self.predictions[rows], self.signed[rows], self.weight[rows]
        )

    def quantile(self, scores: Numbers, coverage: float) -> float:
        """Return the conformal quantile of scores (rows,), for a new photo of mean weight.

        It is the smallest score at which `coverage` of the weight is reached, the new photo's
        included: of n equally weighted photos the ceil((n + 1) coverage)-th smallest, infinite if
        that exceeds n.
        """
        order = np.argsort(scores, kind="stable")
        mass = np.cumsum(self.weight[order])
        if not len(mass):
            return np.inf
        needed = coverage * (mass[-1] + mass[-1] / self.photos)
        # The margin accepts a sum that is slightly too small by rounding.
        reached = int(np.searchsorted(mass, needed * (1 - 1e-12)))
        return float(scores[order[reached]]) if reached < len(mass) else np.inf


def fit_intervals(errors: Errors, coverage: float, grows: bool = False) -> Intervals:
    """Fit intervals on errors.

    The scale at a level is the quantile of the absolute errors there. Each error is divided by a
    scale fitted without it; the lower and upper quantiles of these ratios correct the errors of the
    scale. With few photos (fewer than 200 for a coverage of 0.9) the scale is 1, and all intervals
    have the same width; if it `grows`, in proportion to predictions above all of these.
    """
    knots = min(_KNOTS, errors.photos // round(_BEYOND / (1 - coverage)))
    if knots < 2:
        level = np.maximum(errors.predictions.max(initial=0, keepdims=True), 0) * grows
        return _around(Scale(level, np.ones(1)), errors, errors.signed, coverage)
    ratios = np.empty(len(errors.signed))
    for others, part in GroupKFold(_PARTS).split(errors.signed, groups=errors.photo):
        scale = _scale(errors.take(others), knots, coverage)
        ratios[part] = errors.signed[part] / scale.at(errors.predictions[part])
    return _around(_scale(errors, knots, coverage), errors, ratios, coverage)


def _around(scale: Scale, errors: Errors, ratios: Numbers, coverage: float) -> Intervals:
    """Build intervals from error ratios (rows,), such that each holds its prediction."""
    side = (1 + coverage) / 2
    below, above = (max(0.0, errors.quantile(scores, side)) for scores in (-ratios, ratios))
    return Intervals(coverage, scale, below, above)


def _scale(errors: Errors, knots: int, coverage: float) -> Scale:
    """Fit a knot on each of equally large groups by prediction; equal predictions share one."""
    ends = np.quantile(errors.predictions, np.linspace(0, 1, knots + 1)[1:-1])
    bins = np.searchsorted(ends, errors.predictions)
    parts = [errors.take(np.flatnonzero(bins == number)) for number in np.unique(bins)]
    levels = np.array([part.predictions.mean() for part in parts])
    sizes = np.array([_size(part, coverage) for part in parts])
    # A scale of 0, where no error was seen, would make every interval infinite.
    return Scale(levels, np.maximum(sizes, sizes.max() / 100 or 1.0))


def _size(errors: Errors, coverage: float) -> float:
    """Return the empirical quantile; only ``Errors.quantile`` allows for a new photo."""
    return float(np.quantile(errors.size, coverage, weights=errors.weight, method="inverted_cdf"))

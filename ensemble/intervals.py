"""Prediction intervals: between which ends the target of a new photo lies, at a stated coverage.

Split-conformal: an interval is as wide as the errors of photos that nothing behind their
predictions had seen, scaled by how large errors are at that level of the prediction.

References
----------
- Papadopoulos, Proedrou, Vovk and Gammerman, "Inductive Confidence Machines for Regression",
  ECML 2002: the quantile. "Normalized nonconformity measures", Papadopoulos, Gammerman and Vovk,
  AIA 2008, and Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-Free Predictive
  Inference for Regression", JASA 2018, section 5.2: the scale.
- Tibshirani, Barber, Candes and Ramdas, "Conformal Prediction Under Covariate Shift", NeurIPS 2019:
  the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from ensemble.folds import Rows

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
    """How large errors are at each level of the prediction: linear between knots, flat beyond."""

    level: Numbers  #: (knots,), rising
    size: Numbers  #: (knots,), in the target's unit

    def at(self, predictions: Numbers) -> Numbers:
        """float64 (n,), above 0."""
        return np.interp(predictions, self.level, self.size)


@dataclass(frozen=True)
class Intervals:
    """The interval of a prediction: ``quantile`` times the scale to either side.

    >>> intervals = Intervals(0.9, Scale(np.array([0.0, 10.0]), np.array([1.0, 3.0])), 1.5)
    >>> intervals.around(np.array([1.0, 5.0]), (0.0, np.inf))
    (array([0., 2.]), array([2.8, 8. ]))
    """

    coverage: float
    scale: Scale
    quantile: float  #: infinite where there are too few photos to tell

    def around(self, predictions: Numbers, limits: Limits) -> tuple[Numbers, Numbers]:
        """The lower and upper ends, float64 (n,), cut off where no target can lie."""
        width = self.quantile * self.scale.at(predictions)
        return np.clip(predictions - width, *limits), np.clip(predictions + width, *limits)

    @property
    def content(self) -> dict[str, Any]:
        """As numbers for JSON, which has none for infinity: there the quantile is None."""
        return {
            "coverage": self.coverage,
            "level": self.scale.level.tolist(),
            "size": self.scale.size.tolist(),
            "quantile": self.quantile if np.isfinite(self.quantile) else None,
        }

    @classmethod
    def of(cls, content: dict[str, Any]) -> Intervals:
        """What ``content`` gave."""
        scale = Scale(np.array(content["level"]), np.array(content["size"]))
        quantile = content["quantile"]
        return cls(content["coverage"], scale, np.inf if quantile is None else quantile)


@dataclass(frozen=True)
class Errors:
    """Predictions of photos that nothing behind them has seen, and how far off they are.

    A photo has a row for each repeat; every array is (rows,).
    """

    photo: Rows
    predictions: Numbers
    size: Numbers  #: without sign, in the target's unit
    weight: Numbers

    @classmethod
    def of(
        cls, photo: Rows, predictions: Numbers, target: Numbers, weight: Numbers | None
    ) -> Errors:
        """Of photos by position, with the target and weight (photos,) of all; without weight 0."""
        mass = np.ones(len(photo)) if weight is None else weight[photo]
        size = np.abs(target[photo] - predictions)
        return cls(photo, predictions, size, mass).take(np.flatnonzero(mass > 0))

    @property
    def photos(self) -> int:
        return len(np.unique(self.photo))

    def take(self, rows: Rows) -> Errors:
        return Errors(self.photo[rows], self.predictions[rows], self.size[rows], self.weight[rows])

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

    The scale at a level is the quantile of the errors there, which holds also where errors up and
    down differ, as near the least count. Each error is divided by a scale that it had no part in;
    the quantile of these ratios makes good for what the scale misses. Few photos (fewer than 200
    for a coverage of 0.9) leave the scale at 1: all intervals are of one width.
    """
    knots = min(_KNOTS, errors.photos // round(_BEYOND / (1 - coverage)))
    if knots < 2:
        flat = Scale(np.zeros(1), np.ones(1))
        return Intervals(coverage, flat, errors.quantile(errors.size, coverage))
    ratios = np.empty(len(errors.size))
    for others, part in GroupKFold(_PARTS).split(errors.size, groups=errors.photo):
        scale = _scale(errors.take(others), knots, coverage)
        ratios[part] = errors.size[part] / scale.at(errors.predictions[part])
    scale = _scale(errors, knots, coverage)
    return Intervals(coverage, scale, errors.quantile(ratios, coverage))


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

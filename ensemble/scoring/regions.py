"""How well parts of photos are counted: errors of boxes out of fold, and intervals from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.densities.frame import Frame
from ensemble.densities.share import spread
from ensemble.scoring.intervals import Errors, Intervals, Limits, fit_intervals
from ensemble.scoring.located import FoldView, Located
from ensemble.stacking.folds import Rows

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Ends of the quarters of a photo, as fractions of it: xmin, ymin, xmax, ymax.
QUARTERS = np.array(
    [[0.0, 0.0, 0.5, 0.5], [0.5, 0.0, 1.0, 0.5], [0.0, 0.5, 0.5, 1.0], [0.5, 0.5, 1.0, 1.0]]
)

#: Other boxes of each photo, drawn anew for each, and the shortest side of one, as a fraction.
_DRAWN, _SHORTEST = 4, 0.1


@dataclass(frozen=True)
class BoxErrors:
    """Boxes of photos, counted by a head and a stack that have not seen the photo: (rows,)."""

    photo: Rows
    fold: Rows
    predicted: Numbers
    true: Numbers  #: how many objects have their centre in the box
    is_quarter: Mask

    def take(self, rows: Mask) -> BoxErrors:
        """Those that are marked."""
        return BoxErrors(*(column[rows] for column in vars(self).values()))


@dataclass(frozen=True)
class Quarters:
    """Errors of the counts in quarters of photos, in the target's unit."""

    rmse: float
    mae: float
    mean_count: float  #: of the objects in a quarter

    @classmethod
    def of(cls, quarters: BoxErrors) -> Quarters | None:
        """None of no quarters."""
        if not len(quarters.photo):
            return None
        error = quarters.predicted - quarters.true
        rmse, mae = np.sqrt((error**2).mean()), np.abs(error).mean()
        return cls(float(rmse), float(mae), float(quarters.true.mean()))


@dataclass(frozen=True)
class Regions:
    """Intervals of counts in parts of photos, and how they and the counts did out of fold."""

    intervals: Intervals
    photos: int
    boxes: int
    share: float  #: of boxes whose true count lies in its interval, fitted on the other folds
    share_above: float  #: likewise, of the half with the larger predictions
    mean_width: float | None  #: None where one is endless
    quarters: Quarters | None  #: None where the score counts none of these photos

    @property
    def metrics(self) -> dict[str, Any]:
        """The content of ``metrics.json``."""
        return {
            "photos": self.photos,
            "boxes": self.boxes,
            "coverage": self.intervals.coverage,
            "measured": {
                "all": self.share,
                "predictions_above_median": self.share_above,
                "mean_width": self.mean_width,
            },
            "quarters": None if self.quarters is None else asdict(self.quarters),
        }


def fit_regions(
    located: Located, coverage: float, limits: Limits, counted: Mask, seed: int
) -> Regions | None:
    """Fit intervals on boxes of photos: the quarters of each, and others that are drawn.

    Parameters
    ----------
    counted : bool (photos,)
        Those that the score counts; the errors of quarters are of these.
    seed : int
        Of the boxes that are drawn.

    Returns None where no photo has objects in known places, or all are in the first of ordered
    folds.
    """
    random = np.random.default_rng(seed)
    parts = [_count_boxes(located, view, random) for view in located.views()]
    if not parts:
        return None
    columns = zip(*(vars(one).values() for one in parts), strict=True)
    found = BoxErrors(*map(np.concatenate, columns))
    limits = (0.0, limits[1])
    lower, upper = np.empty((2, len(found.photo)))
    for fold in np.unique(found.fold):
        here = found.fold == fold
        others = np.isin(found.fold, located.others(int(fold)))
        outside = fit_intervals(_errors(found.take(others), located), coverage)
        lower[here], upper[here] = outside.around(found.predicted[here], limits)
    known = np.isin(found.fold, [fold for fold in set(found.fold) if len(located.others(fold))])
    if not known.any():
        return None
    inside = ((lower <= found.true) & (found.true <= upper))[known]
    predicted, width = found.predicted[known], float((upper - lower)[known].mean())
    return Regions(
        intervals=fit_intervals(_errors(found, located), coverage),
        photos=len(np.unique(found.photo)),
        boxes=len(found.photo),
        share=float(inside.mean()),
        share_above=float(inside[predicted >= np.median(predicted)].mean()),
        mean_width=width if np.isfinite(width) else None,
        quarters=Quarters.of(found.take(found.is_quarter & counted[found.photo])),
    )


def _errors(found: BoxErrors, located: Located) -> Errors:
    weight = located.weight
    mass = np.ones(len(found.photo)) if weight is None else weight[found.photo]
    return Errors(found.photo, found.predicted, found.true - found.predicted, mass)


def _count_boxes(located: Located, view: FoldView, random: np.random.Generator) -> BoxErrors:
    """The boxes of the photos of a fold, as predicted and as they are."""
    each = len(QUARTERS) + _DRAWN
    predicted, true = np.empty((2, len(view.photo), each))
    for row, photo in enumerate(view.photo.tolist()):
        height, width = located.size(photo)
        boxes = np.concatenate([QUARTERS, _draw(random)])
        seen = view.densities[row]
        frame = Frame.of((height, width), located.fits.member.view, seen.shape)
        density = spread(frame.fold(seen), view.stack[row])
        predicted[row] = frame.sums(density, boxes * [width, height, width, height])
        true[row] = count_centres(located.boxes(photo), boxes)
    rows = len(view.photo) * each
    return BoxErrors(
        photo=np.repeat(view.photo, each),
        fold=np.full(rows, view.fold),
        predicted=predicted.ravel(),
        true=true.ravel(),
        is_quarter=np.tile(np.arange(each) < len(QUARTERS), len(view.photo)),
    )


def count_centres(objects: Numbers, boxes: Numbers) -> Numbers:
    """How many objects (m, 4) have their centre in each of the boxes (n, 4): float64 (n,).

    Both are fractions of the photo. A centre on the border of two boxes lies in the right or the
    lower one, and one beyond the photo in a box that ends where the photo does.

    >>> count_centres(np.array([[0.4, 0.4, 0.6, 0.6], [1.0, 1.0, 1.0, 1.0]]), QUARTERS).tolist()
    [0.0, 0.0, 0.0, 2.0]
    """
    centre = ((objects[:, :2] + objects[:, 2:]) / 2).clip(0, np.nextafter(1, 0))
    inside = (boxes[:, np.newaxis, :2] <= centre) & (centre < boxes[:, np.newaxis, 2:])
    counts: Numbers = inside.all(axis=2).sum(axis=1).astype(np.float64)
    return counts


def _draw(random: np.random.Generator) -> Numbers:
    """Boxes (n, 4) anywhere in a photo, of sides of any length."""
    sides = random.uniform(_SHORTEST, 1, (_DRAWN, 2))
    start = random.uniform(0, 1, (_DRAWN, 2)) * (1 - sides)
    return np.column_stack([start, start + sides])

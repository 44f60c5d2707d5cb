"""Which peaks of a density are taken for objects, and how many of these there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.densities.matching import match_points
from ensemble.densities.peaks import find_peaks
from ensemble.scoring.located import FoldView, Located

Numbers = npt.NDArray[np.float64]

#: Cells between peaks that are tried.
DISTANCES = (1, 2, 3)


@dataclass(frozen=True)
class PointRule:
    """Peaks of at least this score are points; see ``find_peaks``."""

    distance: int  #: cells
    threshold: float  #: of the score

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> PointRule:
        """Restore a rule.

        Raises
        ------
        KeyError, TypeError, ValueError
            The content is something else.
        """
        rule = cls(int(content["distance"]), float(content["threshold"]))
        if rule.distance not in DISTANCES or not 0 <= rule.threshold < np.inf:
            raise ValueError(f"a rule of {rule}")
        return rule


@dataclass(frozen=True)
class Points:
    """The rule for new photos, and how it did out of fold, chosen on the other folds each time."""

    rule: PointRule
    precision: float  #: share of the points that lie on an object of their own; 1 of none
    recall: float  #: share of the objects that have a point; 1 of none
    objects: int
    points: int
    photos: int

    @property
    def metrics(self) -> dict[str, Any]:
        """The content of ``metrics.json``."""
        return {
            "distance": self.rule.distance,
            "threshold": self.rule.threshold,
            "precision": self.precision,
            "recall": self.recall,
            "objects": self.objects,
            "points": self.points,
            "photos": self.photos,
        }


@dataclass(frozen=True)
class Tried:
    """The peaks of photos at one distance, each with its score and whether it finds an object."""

    score: Numbers
    found: npt.NDArray[np.bool_]
    objects: int

    @classmethod
    def together(cls, parts: list[Tried]) -> Tried:
        """Those of several folds."""
        score, found = (np.concatenate([getattr(p, n) for p in parts]) for n in ("score", "found"))
        return cls(score, found, sum(part.objects for part in parts))

    def best(self) -> tuple[float, float]:
        """The largest F1, and the threshold that reaches it.

        >>> Tried(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]), 2).best()
        (1.0, 0.8)
        """
        if not len(self.score):
            return 0.0, 1.0
        order = np.argsort(-self.score, kind="stable")
        score, hits = self.score[order], np.cumsum(self.found[order])
        f1 = 2 * hits / (np.arange(1, len(hits) + 1) + self.objects)
        # Peaks of one score are taken together.
        f1 = np.where(np.append(score[1:] < score[:-1], True), f1, 0.0)
        best = int(np.argmax(f1))
        return float(f1[best]), float(score[best])

    def above(self, threshold: float) -> tuple[int, int]:
        """How many points there are at a threshold, and how many of them find an object."""
        taken = self.score >= threshold
        return int(taken.sum()), int((taken & self.found).sum())


def fit_points(located: Located) -> Points | None:
    """Choose the rule with the largest F1, the harmonic mean of precision and recall.

    Precision and recall are those of each fold by the rule that the other folds choose. None where
    no photo has objects in known places, or no peak finds one.
    """
    tried: dict[int, dict[int, Tried]] = {}  # by fold and distance
    photos: set[int] = set()
    for view in located.views():
        tried[view.fold] = {distance: _try(located, view, distance) for distance in DISTANCES}
        photos.update(view.photo.tolist())
    rule = _choose(list(tried.values()))
    if rule is None:
        return None
    points = hits = objects = 0
    for fold, here in tried.items():
        others = located.others(fold)
        if not len(others):
            continue
        apart = _choose([tried[one] for one in others.tolist() if one in tried])
        objects += here[DISTANCES[0]].objects
        if apart is not None:
            taken, right = here[apart.distance].above(apart.threshold)
            points, hits = points + taken, hits + right
    precision, recall = (hits / of if of else 1.0 for of in (points, objects))
    return Points(rule, precision, recall, objects, points, len(photos))


def _choose(tried: list[dict[int, Tried]]) -> PointRule | None:
    """The best rule on these folds; the smaller distance where two are equal."""
    if not tried:
        return None
    found = []
    for distance in DISTANCES:
        f1, threshold = Tried.together([one[distance] for one in tried]).best()
        found.append((f1, -distance, threshold))
    f1, distance, threshold = max(found)
    return PointRule(-distance, threshold) if f1 > 0 else None


def _try(located: Located, view: FoldView, distance: int) -> Tried:
    parts = []
    for rows, densities in view.by_grid:
        peaks = find_peaks(densities, distance)
        objects = [located.boxes_in_frame(photo) for photo in view.photo[rows].tolist()]
        found = match_points(peaks, objects, densities.shape[1:])
        parts.append(Tried(peaks.score, found, sum(map(len, objects))))
    return Tried.together(parts)

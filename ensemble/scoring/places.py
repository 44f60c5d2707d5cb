"""What a fit finds out about where the number lies in its photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.config.experiment import Experiment
from ensemble.photos.dataset import Dataset
from ensemble.photos.objects import Objects
from ensemble.scoring.intervals import Intervals
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.located import Located
from ensemble.scoring.points import PointRule, Points, fit_points
from ensemble.scoring.regions import Regions, fit_regions
from ensemble.scoring.scores import scored_photos
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlaceRules:
    """What new photos need: whose densities, and how counts and points come of them."""

    member: str
    intervals: Intervals | None  #: of counts in regions; None where no object's place was known
    points: PointRule | None  #: likewise

    def to_json(self) -> dict[str, Any]:
        """As JSON content."""
        return {
            "member": self.member,
            "intervals": None if self.intervals is None else self.intervals.to_json(),
            "points": None if self.points is None else vars(self.points),
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> PlaceRules:
        """Restore them from the content that ``to_json`` returns.

        Raises
        ------
        KeyError, TypeError, ValueError
            The content is something else.
        """
        intervals, points = content["intervals"], content["points"]
        return cls(
            str(content["member"]),
            None if intervals is None else Intervals.from_json(intervals),
            None if points is None else PointRule.from_json(points),
        )


@dataclass(frozen=True)
class Places:
    """How well photos are counted by place, out of fold."""

    member: str  #: whose densities: the best one that has some
    regions: Regions | None  #: None where no object's place was known
    points: Points | None  #: likewise

    @property
    def rules(self) -> PlaceRules:
        """What new photos need of it."""
        return PlaceRules(
            self.member,
            None if self.regions is None else self.regions.intervals,
            None if self.points is None else self.points.rule,
        )

    @property
    def metrics(self) -> dict[str, Any]:
        """The content of ``metrics.json``."""
        return {
            "member": self.member,
            "regions": None if self.regions is None else self.regions.metrics,
            "points": None if self.points is None else self.points.metrics,
        }


def densest(fits: Sequence[MemberFits], leaderboard: Leaderboard) -> MemberFits | None:
    """The member that scores best of those that have densities; None if none has."""
    by_name = {one.member.name: one for one in fits if one.has_densities}
    best = next((name for name in leaderboard.scores if name in by_name), None)
    return None if best is None else by_name[best]


def take_places(
    experiment: Experiment,
    photos: Dataset,
    objects: Objects | None,
    fits: Sequence[MemberFits],
    table: OutOfFold,
    nested: Numbers,
    leaderboard: Leaderboard,
) -> Places | None:
    """Those of a fit; None where no head has densities.

    Parameters
    ----------
    objects : Objects, optional
        Those of the photos, where heads learn from maps.
    nested : float64 (rows of the table,)
        The stack's predictions, which counts in regions add up to.
    """
    best, config = densest(fits, leaderboard), experiment.config
    if best is None or objects is None:
        return None
    located = Located(objects, best, table, nested, photos.weight)
    counted = scored_photos(photos.target, photos.weight, config.score.only_above)
    if not located.has_objects:
        return Places(best.member.name, None, None)
    coverage, limits = config.intervals.coverage, config.data.limits
    regions = fit_regions(located, coverage, limits, counted, config.seed)
    return Places(best.member.name, regions, fit_points(located))

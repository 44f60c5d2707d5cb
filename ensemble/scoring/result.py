"""All that a fit found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.config.experiment import Experiment
from ensemble.photos.copies import Copies
from ensemble.photos.dataset import Dataset
from ensemble.photos.rejected import Rejected
from ensemble.photos.views import order_of
from ensemble.scoring.calibration import Calibration
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.novelty import Novelty
from ensemble.scoring.places import Places
from ensemble.scoring.worth import worth
from ensemble.stacking.blocks import Block, list_blocks
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.folds import Folds
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import Stack


@dataclass(frozen=True)
class FitResult:
    """A fitted ensemble and what is known of it: what a run, its report and estimators read."""

    experiment: Experiment
    photos: Dataset  #: the labelled photos, ordered by name
    folds: Folds
    fits: tuple[MemberFits, ...]  #: of each member, in the config's order
    table: OutOfFold  #: the rows that the stack predicts
    stack: Stack
    leaderboard: Leaderboard
    calibration: Calibration
    copies: Copies | None = None  #: near copies among the photos; None if none were looked for
    appearance: pd.DataFrame | None = None  #: see ``ensemble.photos.appearance``
    rejected: tuple[Rejected, ...] = ()  #: photos that were left out, by name
    novelty: Novelty | None = None  #: tells photos that are unlike these
    unstacked: OutOfFold | None = None  #: earlier rows, which members predict, and no stack
    places: Places | None = None  #: None where no head has densities
    #: nested predictions by columns and by photos alone; see ``ensemble.scoring.sources``
    alone: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    @property
    def views(self) -> tuple[str, ...]:
        """The views whose features stand side by side; see ``ensemble.photos.views.order_of``."""
        return order_of(self.photos.items, [one.member.views for one in self.fits])

    def out_of_fold(self) -> pd.DataFrame:
        """``name, fold, target``, a column a member, ``stack, lower, upper``; a row a photo.

        A photo has a row for each repeat. No prediction of a row saw its photo. Where folds are
        blocks of time, photos of the first one have no row, and those of the next no ``stack``, if
        it is fitted.
        """
        ends = {LOWER: self.calibration.lower, UPPER: self.calibration.upper}
        rows = self._rows(self.table).assign(**{STACK: self.stack.nested, **ends})
        return rows if self.unstacked is None else pd.concat([self._rows(self.unstacked), rows])

    def _rows(self, table: OutOfFold) -> pd.DataFrame:
        """``name, fold, target`` and a column a member."""
        photos, rows = self.photos, table.photo
        identity = {"name": photos.names[rows], "fold": table.fold, "target": photos.target[rows]}
        return pd.DataFrame(
            {**identity, **dict(zip(table.members, table.predictions.T, strict=True))}
        )

    def blocks(self) -> list[Block]:
        """The blocks of time; none where folds are others."""
        if not self.folds.is_ordered:
            return []
        return list_blocks(self.photos, self.folds.number[0], int(self.table.fold.min()))

    def worth(self) -> dict[str, Any]:
        """What is known of the worth of stack and members; see ``ensemble.scoring.worth``."""
        config, photos = self.experiment.config, self.photos
        return worth(
            self.table,
            self.leaderboard,
            self.stack.nested,
            photos.target,
            photos.weight,
            config.score.only_above,
            config.metric,
        )

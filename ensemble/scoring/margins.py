"""How sure the scores are, and how far the stack is ahead of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.metric import RMSE, Metric
from ensemble.scoring.gains import measure_gain
from ensemble.scoring.leaderboard import CONSTANT, MEAN, STACK, Leaderboard, predictions_of
from ensemble.scoring.scores import interval, score
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """What all margins are computed from.

    Parameters
    ----------
    stack : float64 (rows,)
        The stack's nested predictions.
    target, weight : float64 (photos,)
    above : float, optional
        Photos with a larger target are set aside.
    metric : Metric
        What all are measured in.
    references : mapping of str to float64 (rows,)
        Predictions that the stack is held against beside those of its members.
    """

    table: OutOfFold
    stack: Numbers
    target: Numbers
    weight: Numbers | None
    above: float | None
    metric: Metric = RMSE
    references: Mapping[str, Numbers] = field(default_factory=dict)

    def margins(self, leaderboard: Leaderboard) -> dict[str, Any]:
        """For ``metrics.json``: ``gains``, ``folds``, and ``rmse_intervals`` or the like."""
        rows = predictions_of(
            self.table, self.stack, self.target, self.weight, self.metric, self.references
        )
        columns = {name: self.table.by_photo(row) for name, row in rows.items()}
        return {
            f"{self.metric.interval}s": self._intervals(columns),
            "gains": self._gains(columns, leaderboard.best_member),
            "folds": self._folds(),
        }

    def _intervals(self, columns: Mapping[str, Numbers]) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each score; see ``interval``."""
        labels = self.table.of_photos(self.target, self.weight)
        return {
            name: interval(column, *labels, self.above, self.metric)
            for name, column in columns.items()
        }

    def _gains(
        self, columns: Mapping[str, Numbers], best_member: str
    ) -> dict[str, dict[str, float]]:
        """By how much the stack is better; see ``Gain``."""
        labels = self.table.of_photos(self.target, self.weight)
        stack, settings = columns[STACK], (*labels, self.above, self.metric)
        found = {}
        for name in dict.fromkeys((best_member, *self.references, MEAN, CONSTANT)):
            found[name] = measure_gain(stack, columns[name], *settings).to_json(self.metric)
        return found

    def _folds(self) -> list[dict[str, Any]]:
        """The stack's score on each fold's photos; a fold has none without scored ones.

        Nor has it one of a metric that needs targets that differ, where they do not.
        """
        found = []
        for fold in np.unique(self.table.fold):
            rows = np.flatnonzero(self.table.fold == fold)
            photos = self.table.photo[rows]
            target = self.target[photos]
            weight = None if self.weight is None else self.weight[photos]
            counted = np.ones(len(photos)) if weight is None else weight
            if self.above is not None:
                counted = counted * (target <= self.above)
            if not counted.any() or self.metric.undefined(None, target[counted > 0]):
                continue
            one = score(self.stack[rows], target, weight, self.above, self.metric)
            left_out = {"mae", "rmse_all", f"{self.metric.name}_all", "photos"} - {self.metric.name}
            shown = {name: value for name, value in one.columns().items() if name not in left_out}
            found.append({"fold": int(fold), "photos": one.photos, **shown})
        return found

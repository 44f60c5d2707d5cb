"""How sure the scores are, and how far the stack is ahead of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.scoring.leaderboard import CONSTANT, MEAN, STACK, Leaderboard, predictions_of
from ensemble.scoring.scores import compare, rmse_interval, score
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
    """

    table: OutOfFold
    stack: Numbers
    target: Numbers
    weight: Numbers | None
    above: float | None

    def margins(self, leaderboard: Leaderboard) -> dict[str, Any]:
        """For ``metrics.json``: ``rmse_intervals``, ``gains`` and ``folds``."""
        rows = predictions_of(self.table, self.stack, self.target, self.weight)
        columns = {name: self.table.by_photo(row) for name, row in rows.items()}
        return {
            "rmse_intervals": self._intervals(columns),
            "gains": self._gains(columns, leaderboard.best_member),
            "folds": self._folds(),
        }

    def _intervals(self, columns: Mapping[str, Numbers]) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each RMSE; see ``rmse_interval``."""
        return {
            name: rmse_interval(column, *self._labels, self.above)
            for name, column in columns.items()
        }

    def _gains(
        self, columns: Mapping[str, Numbers], best_member: str
    ) -> dict[str, dict[str, float]]:
        """By how much the stack's mean squared error is lower; in the target's unit, squared."""
        found = {}
        for name in dict.fromkeys((best_member, MEAN, CONSTANT)):
            mean, error = compare(columns[STACK], columns[name], *self._labels, self.above)
            found[name] = {"mean_squared_error": mean, "standard_error": error}
        return found

    @property
    def _labels(self) -> tuple[Numbers, Numbers | None]:
        """Target and weight of the photos that have a row."""
        photos = self.table.photos
        return self.target[photos], None if self.weight is None else self.weight[photos]

    def _folds(self) -> list[dict[str, Any]]:
        """The stack's score on each fold's photos; a fold without scored ones has none."""
        found = []
        for fold in np.unique(self.table.fold):
            rows = np.flatnonzero(self.table.fold == fold)
            photos = self.table.photo[rows]
            weight = None if self.weight is None else self.weight[photos]
            counted = np.ones(len(photos)) if weight is None else weight
            if self.above is not None:
                counted = counted * (self.target[photos] <= self.above)
            if not counted.any():
                continue
            one = score(self.stack[rows], self.target[photos], weight, self.above)
            found.append(
                {
                    "fold": int(fold),
                    "photos": one.photos,
                    "rmse": one.rmse,
                    "standard_error": one.standard_error,
                }
            )
        return found

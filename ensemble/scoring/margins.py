"""How sure the scores are, and how far the stack is ahead of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.scoring.leaderboard import CONSTANT, STACK, Leaderboard, constant
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

    def columns(self) -> dict[str, Numbers]:
        """The predictions (rows,) behind each row of the leaderboard."""
        table = self.table
        members = dict(zip(table.members, table.predictions.T, strict=True))
        known = constant(table, self.target, self.weight)
        return {
            **members,
            "mean": table.predictions.mean(axis=1),
            CONSTANT: known,
            STACK: self.stack,
        }

    def margins(self, leaderboard: Leaderboard) -> dict[str, Any]:
        """For ``metrics.json``: ``rmse_intervals``, ``gains`` and ``folds``."""
        return {
            "rmse_intervals": self._intervals(),
            "gains": self._gains(leaderboard.best_member),
            "folds": self._folds(),
        }

    def _intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each RMSE; see ``rmse_interval``."""
        return {
            name: rmse_interval(self.table.by_photo(column), self.target, self.weight, self.above)
            for name, column in self.columns().items()
        }

    def _gains(self, best_member: str) -> dict[str, dict[str, float]]:
        """By how much the stack's mean squared error is lower; in the target's unit, squared."""
        columns, by_photo = self.columns(), self.table.by_photo
        nested, found = by_photo(self.stack), {}
        for name in dict.fromkeys((best_member, "mean", CONSTANT)):
            others = by_photo(columns[name])
            mean, error = compare(nested, others, self.target, self.weight, self.above)
            found[name] = {"mean_squared_error": mean, "standard_error": error}
        return found

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

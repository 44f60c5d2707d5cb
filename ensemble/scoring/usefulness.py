"""Members that say nothing, or little, of the target."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from ensemble.scoring.leaderboard import CONSTANT, Leaderboard
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: The share of the constant's RMSE that a member has to stay below: R2 is then some 0.04.
_LEAST = 0.98


def refuse_constant(
    target: npt.NDArray[np.float64], weight: npt.NDArray[np.float64] | None
) -> None:
    """Raise an ``InputError`` if all photos that count have the same target."""
    counted = target if weight is None else target[weight > 0]
    if np.ptp(counted) == 0:
        zero = "" if weight is None else " of a weight above 0"
        raise InputError(
            f"the target is {counted[0]:g} for all {len(counted)} photos{zero}, so that there is "
            "nothing to learn; see whether data.columns.target names the right column"
        )


def warn_of_useless(table: OutOfFold, leaderboard: Leaderboard) -> None:
    """Log the members that predict the same number for all photos, and those that score so."""
    silent = silent_members(table)
    if silent:
        count = len(np.unique(table.fold))
        _LOG.warning(
            "the same number for all photos is predicted by %s: they say nothing there, as their "
            "parameters do not suit the target, or the other folds' targets are all the same",
            ", ".join(f"{name} (in {folds} of {count} folds)" for name, folds in silent.items()),
        )
    constant = leaderboard.scores[CONSTANT].rmse
    useless = [
        f"{name} (RMSE {leaderboard.scores[name].rmse:.4g})"
        for name in table.members
        if name not in silent and leaderboard.scores[name].rmse > _LEAST * constant
    ]
    if useless:
        _LOG.warning(
            "no better than knowing nothing, which has an RMSE of %.4g: %s; their parameters or "
            "features do not suit the target",
            constant,
            ", ".join(useless),
        )


def silent_members(table: OutOfFold) -> dict[str, int]:
    """Return in how many folds a member predicts one number alone; without those that never do.

    A fold of a single photo does not count.
    """
    folds = [table.predictions[table.fold == fold] for fold in np.unique(table.fold)]
    spreads = np.array([np.ptp(fold, axis=0) for fold in folds if len(fold) > 1])
    largest = np.abs(table.predictions).max(axis=0)
    counts = (spreads.reshape(-1, len(table.members)) <= 1e-9 * largest).sum(axis=0)
    return {name: int(count) for name, count in zip(table.members, counts, strict=True) if count}

"""Whether members and stack are worth anything: they are held against knowing nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from ensemble.scoring.leaderboard import CONSTANT, STACK, Leaderboard, constant
from ensemble.scoring.scores import compare
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: The share of the constant's RMSE that a member has to stay below: R2 is then some 0.04.
_LEAST = 0.98

#: How many standard errors the gain must exceed; less happens once in forty times by chance.
_SURE = 2.0


def gain(
    table: OutOfFold,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    set_aside_above: float | None,
) -> dict[str, float]:
    """How much the stack's nested squared error is below that of the constant, photo by photo.

    Parameters
    ----------
    stack : float64 (rows,)
        The stack's nested predictions.
    target, weight : float64 (photos,)

    Returns
    -------
    dict
        ``mean_squared_error`` and its ``standard_error``, in the target's unit, squared.
    """
    nested, known = table.by_photo(stack), table.by_photo(constant(table, target, weight))
    mean, error = compare(nested, known, target, weight, set_aside_above)
    return {"mean_squared_error": mean, "standard_error": error}


def worth_warnings(
    gained: Mapping[str, float], scores: Mapping[str, Mapping[str, Any]], members: list[str]
) -> list[str]:
    """What is to be said of an ensemble that knows nothing, and of members that do not.

    Parameters
    ----------
    gained : mapping
        As ``gain`` gives it.
    scores : mapping
        Row of the leaderboard -> its ``rmse``, among others.
    members : list of str
        The rows that are members.
    """
    rmse = {name: float(one["rmse"]) for name, one in scores.items()}
    mean, error = gained["mean_squared_error"], gained["standard_error"]
    both = (
        f"its RMSE on photos that it has not seen is {rmse[STACK]:.4g}, that of the constant (the "
        f"mean target of the other folds) {rmse[CONSTANT]:.4g}"
    )
    if mean <= 0:
        how = "worse" if mean < -error else "no better"
        return [f"the stack is {how} than knowing nothing of the photos: {both}"]
    if mean <= _SURE * error:
        return [
            f"the stack may be no better than knowing nothing of the photos: {both}; a gain of "
            "this size comes by chance as well"
        ]
    if all(rmse[name] >= rmse[CONSTANT] for name in members):
        return [
            "no member is better than knowing nothing of the photos: the best has an RMSE of "
            f"{min(rmse[name] for name in members):.4g}, the constant {rmse[CONSTANT]:.4g}; only "
            f"the stack is, with {rmse[STACK]:.4g}"
        ]
    return []


def refuse_constant(target: Numbers, weight: Numbers | None) -> None:
    """Raise an ``InputError`` if no photo counts, or all that do have the same target."""
    counted = target if weight is None else target[weight > 0]
    if not counted.size:
        raise InputError(
            f"all {len(target)} photos that are learned from have a weight of 0; see "
            "data.columns.weight, and whether data.limit or data.on_bad_photo leaves out the others"
        )
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
    known = leaderboard.scores[CONSTANT].rmse
    useless = [
        f"{name} (RMSE {leaderboard.scores[name].rmse:.4g})"
        for name in table.members
        if name not in silent and leaderboard.scores[name].rmse > _LEAST * known
    ]
    if useless:
        _LOG.warning(
            "no better than knowing nothing, which has an RMSE of %.4g: %s; their parameters or "
            "features do not suit the target",
            known,
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

"""Whether an ensemble is worth anything: it is held against knowing nothing of the photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.scoring.leaderboard import CONSTANT, STACK, constant
from ensemble.scoring.scores import compare
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

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

"""Whether members and stack are worth anything: they are held against knowing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.plural import count
from ensemble.digits import format_given, format_score
from ensemble.scoring.leaderboard import CONSTANT, STACK, Leaderboard, constant
from ensemble.scoring.scores import compare
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

#: The share of the constant's RMSE that all have to stay below: R2 is then some 0.04.
_LEAST = 0.98

#: How many times the constant's RMSE no head reaches that has learned anything at all.
_BEYOND = 3.0

_NO_BETTER, _HARDLY_BETTER, _MAYBE = "no better", "hardly better", "may be no better"
_WORSE, _FAR_WORSE = "worse", "far worse"

#: What to do about members that are so much better, or worse, than the constant.
_WAYS = {
    _FAR_WORSE: "their fits diverge: lower the learning rate, or strengthen the regularisation, "
    "take another target scale, or leave them out",
    _NO_BETTER: "their parameters or features do not suit the target",
    _HARDLY_BETTER: "they say next to nothing: their parameters or features do not suit the target",
}

#: What to do about such a stack.
_TRY = "see whether each target belongs to its photo, and try other backbones or heads"

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
    photos = table.photos
    weight = None if weight is None else weight[photos]
    mean, error = compare(nested, known, target[photos], weight, set_aside_above)
    return {"mean_squared_error": mean, "standard_error": error}


def worth(
    table: OutOfFold,
    leaderboard: Leaderboard,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    set_aside_above: float | None,
) -> dict[str, Any]:
    """All that ``worth_warnings`` goes by, for ``metrics.json``; the arguments as for ``gain``."""
    return {
        "members": list(table.members),
        "scores": {name: asdict(one) for name, one in leaderboard.scores.items()},
        "gain": gain(table, stack, target, weight, set_aside_above),
        "silent": {
            name: {"folds": folds, "of": len(np.unique(table.fold))}
            for name, folds in silent_members(table).items()
        },
    }


def worth_warnings(metrics: Mapping[str, Any]) -> list[str]:
    """What is to be said of an ensemble, and of members, that hardly know more than nothing.

    Parameters
    ----------
    metrics : mapping
        As ``worth`` gives it; older runs have neither ``gain`` nor ``silent``.
    """
    rmse = {name: float(one["rmse"]) for name, one in metrics["scores"].items()}
    errors = {name: one.get("standard_error", 0.0) for name, one in metrics["scores"].items()}
    said = {name: format_score(one, errors[name]) for name, one in rmse.items()}
    silent = metrics.get("silent", {})
    told = _of_stack(rmse, said, metrics.get("gain"), describe_constant(metrics))
    lines = [told] if told else []
    if silent:
        named = [f"{name} (in {one['folds']} of {one['of']} folds)" for name, one in silent.items()]
        lines.append(
            f"the same number for all photos is predicted by {', '.join(named)}: they say nothing "
            "there, as their parameters do not suit the target, or the targets of the "
            f"{'earlier blocks' if metrics.get('blocks') else 'other folds'} are all the same"
        )
    if told and len(metrics["members"]) == 1:  # its line would be the stack's
        return lines
    loud = {name: rmse[name] for name in metrics["members"] if name not in silent}
    return lines + _of_members(loud, rmse[CONSTANT], said)


def describe_constant(metrics: Mapping[str, Any]) -> str:
    """What the constant says of a photo, in words, from the content of ``metrics.json``."""
    return f"the mean target of the {'earlier blocks' if metrics.get('blocks') else 'other folds'}"


def _of_stack(
    rmse: Mapping[str, float],
    said: Mapping[str, str],
    gained: Mapping[str, float] | None,
    constant_is: str,
) -> str:
    """What is to be said of the stack; empty where it is worth something."""
    how, after = _how(rmse[STACK], rmse[CONSTANT]), ""
    if gained is not None:
        mean, error = gained["mean_squared_error"], gained["standard_error"]
        if how == _NO_BETTER and mean < -error:
            how = _WORSE
        elif how not in (_FAR_WORSE, _NO_BETTER) and mean <= _SURE * error:
            how, after = _MAYBE, "; a gain of this size comes by chance as well"
    if not how:
        return ""
    return (
        f"the stack {'' if how == _MAYBE else 'is '}{how} than knowing nothing of the photos: its "
        f"RMSE on photos that it has not seen is {said[STACK]}, that of the constant "
        f"({constant_is}) {said[CONSTANT]}{after}; {_TRY}"
    )


def _of_members(rmse: Mapping[str, float], known: float, said: Mapping[str, str]) -> list[str]:
    """What is to be said of members, by their RMSE, where the constant's is `known`."""
    lines = []
    for how, way_on in _WAYS.items():
        such = {name: one for name, one in rmse.items() if _how(one, known) == how}
        if such:
            named = ", ".join(f"{name} (RMSE {said[name]})" for name in such)
            lines.append(
                f"{how} than knowing nothing, which has an RMSE of {said[CONSTANT]}: {named}; "
                f"{way_on}"
            )
    return lines


def _how(rmse: float, known: float) -> str:
    """How an RMSE compares with the constant's; empty where it is well below."""
    if rmse >= known:
        return _FAR_WORSE if rmse > _BEYOND * known else _NO_BETTER
    return _HARDLY_BETTER if rmse > _LEAST * known else ""


def refuse_constant(target: Numbers, weight: Numbers | None) -> None:
    """Raise an ``InputError`` if no photo counts, or all that do have the same target."""
    counted = target if weight is None else target[weight > 0]
    if not counted.size:
        raise InputError(
            f"of {count(len(target), 'photo')} to learn from, each has a weight of 0; see "
            "data.columns.weight, and whether data.limit or data.on_bad_photo leaves out the others"
        )
    if np.ptp(counted) == 0:
        zero = "" if weight is None else " of a weight above 0"
        raise InputError(
            f"the target is {format_given(counted[0])} for all "
            f"{count(len(counted), 'photo')}{zero}, so that there is nothing to learn; see "
            "whether data.columns.target names the right column"
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

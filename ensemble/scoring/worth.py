"""Whether members and stack are worth anything: they are held against knowing nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.plural import count
from ensemble.digits import format_given, format_score
from ensemble.metric import RMSE, Metric, with_article
from ensemble.scoring.gains import Gain, measure_gain
from ensemble.scoring.leaderboard import CONSTANT, STACK, Leaderboard, constant
from ensemble.scoring.scores import metric_in
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

#: The share of the constant's error that all have to stay below: R2 is then some 0.04.
_LEAST = 0.98

#: How many times the constant's error no head reaches that has learned anything at all.
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


def gain(
    table: OutOfFold,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    set_aside_above: float | None,
    metric: Metric = RMSE,
) -> Gain:
    """By how much the stack is better than the constant, photo by photo.

    Parameters
    ----------
    stack : float64 (rows,)
        The stack's nested predictions.
    target, weight : float64 (photos,)
    """
    nested, known = table.by_photo(stack), table.by_photo(constant(table, target, weight, metric))
    return measure_gain(nested, known, *table.of_photos(target, weight), set_aside_above, metric)


def worth(
    table: OutOfFold,
    leaderboard: Leaderboard,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    set_aside_above: float | None,
    metric: Metric = RMSE,
) -> dict[str, Any]:
    """All that ``worth_warnings`` goes by, for ``metrics.json``; the arguments as for ``gain``."""
    ahead = gain(table, stack, target, weight, set_aside_above, metric)
    return {
        "members": list(table.members),
        "scores": {name: one.columns() for name, one in leaderboard.scores.items()},
        "gain": ahead.to_json(metric),
        "silent": {
            name: {"folds": folds, "of": len(np.unique(table.fold))}
            for name, folds in silent_members(table).items()
        },
    }


@dataclass(frozen=True)
class _Board:
    """The scores of a run as ``metrics.json`` has them, by the run's metric."""

    metric: Metric
    distance: Mapping[str, float]  #: see ``Metric.distance``
    said: Mapping[str, str]

    @classmethod
    def read(cls, scores: Mapping[str, Mapping[str, float]]) -> _Board:
        name = metric_in(next(iter(scores.values())))
        metric, key = Metric(name), "standard_error"
        key = key if name == "rmse" else f"{name}_{key}"
        values = {row: float(one[name]) for row, one in scores.items()}
        return cls(
            metric,
            {row: metric.distance(value) for row, value in values.items()},
            {row: format_score(value, scores[row].get(key, 0.0)) for row, value in values.items()},
        )

    def how(self, name: str) -> str:
        """How a row compares with the constant; empty where it is well ahead."""
        error, known = self.distance[name], self.distance[CONSTANT]
        if error >= known:
            return _FAR_WORSE if error > _BEYOND * known else _NO_BETTER
        return _HARDLY_BETTER if error > _LEAST * known else ""


def worth_warnings(metrics: Mapping[str, Any]) -> list[str]:
    """What is to be said of an ensemble, and of members, that hardly know more than nothing.

    Parameters
    ----------
    metrics : mapping
        As ``worth`` gives it; older runs have neither ``gain`` nor ``silent``.
    """
    board = _Board.read(metrics["scores"])
    silent = metrics.get("silent", {})
    gained = metrics.get("gain")
    gain = None if gained is None else Gain.from_json(gained)
    told = _of_stack(board, gain, describe_constant(metrics, board.metric))
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
    return lines + _of_members(board, [one for one in metrics["members"] if one not in silent])


def describe_constant(metrics: Mapping[str, Any], metric: Metric) -> str:
    """What the constant says of a photo, in words, from the content of ``metrics.json``."""
    others = "earlier blocks" if metrics.get("blocks") else "other folds"
    return metric.describe_constant(others)


def _of_stack(board: _Board, gained: Gain | None, constant_is: str) -> str:
    """What is to be said of the stack; empty where it is worth something."""
    how, after, metric = board.how(STACK), "", board.metric
    if gained is not None:
        if how == _NO_BETTER and gained.size < -gained.standard_error:
            how = _WORSE
        elif how not in (_FAR_WORSE, _NO_BETTER) and not gained.is_sure:
            how, after = _MAYBE, "; a gain of this size comes by chance as well"
    if not how:
        return ""
    return (
        f"the stack {'' if how == _MAYBE else 'is '}{how} than knowing nothing of the photos: its "
        f"{metric.label} on photos that it has not seen is {board.said[STACK]}, that of the "
        f"constant ({constant_is}) {board.said[CONSTANT]}{after}; {_TRY}"
    )


def _of_members(board: _Board, members: Sequence[str]) -> list[str]:
    """What is to be said of members that are hardly better than the constant."""
    lines, label = [], board.metric.label
    known = f"{with_article(label)} of {board.said[CONSTANT]}"
    for how, way_on in _WAYS.items():
        such = [name for name in members if board.how(name) == how]
        if such:
            named = ", ".join(f"{name} ({label} {board.said[name]})" for name in such)
            lines.append(f"{how} than knowing nothing, which has {known}: {named}; {way_on}")
    return lines


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

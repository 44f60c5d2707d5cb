"""One picture of a run: how good each member is, and what the stack says of unseen photos."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.digits import format_given, format_score
from ensemble.scoring.leaderboard import STACK, Leaderboard

Numbers = npt.NDArray[np.float64]

_COLOURS = {"stack": "#1a7f5a", "member": "#7a8ba0", "reference": "#d5dbe3"}


def draw_leaderboard(
    leaderboard: Leaderboard,
    target: Numbers,
    stack: Numbers,
    ends: Callable[[Numbers], tuple[Numbers, Numbers]],
    unit: str,
) -> bytes:
    """A PNG: the leaderboard as bars, and the stack's nested predictions over the target.

    Parameters
    ----------
    target, stack : float64 (rows,)
        Of the out-of-fold table.
    ends
        From predictions to the ends of their intervals, drawn as a band; endless ones are not.
    unit : str
        What is predicted: the name of the target's column.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), dpi=120, layout="constrained")
    bars, points = figure.subplots(1, 2, width_ratios=(1.15, 1))
    _bars(bars, leaderboard)
    _points(points, target, stack, unit)
    _band(points, stack, ends)
    content = BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _bars(axes: Any, leaderboard: Leaderboard) -> None:
    names = list(leaderboard.scores)[::-1]
    scores = [leaderboard.scores[name].headline for name in names]
    axes.barh(
        names,
        [one.value for one in scores],
        xerr=[one.standard_error for one in scores],
        color=[_COLOURS[leaderboard.kinds[name]] for name in names],
        error_kw={"elinewidth": 1, "ecolor": "#333333"},
    )
    longest = max(abs(one.value) for one in scores)
    for place, one in enumerate(scores):
        score = format_score(one.value, one.standard_error)
        axes.text(0.02 * longest, place, score, va="center", fontsize=9, color="black")
    label = leaderboard.metric.label
    axes.set_xlabel(f"{label} ± standard error, on photos that nothing behind it has seen")
    _plain_numbers(axes.xaxis)
    axes.spines[["top", "right"]].set_visible(False)


def _points(axes: Any, target: Numbers, stack: Numbers, unit: str) -> None:
    ends = [min(target.min(), stack.min()), max(target.max(), stack.max())]
    axes.plot(ends, ends, color="#999999", linewidth=1)
    axes.scatter(target, stack, s=7, alpha=0.35, color=_COLOURS[STACK], linewidths=0)
    axes.set_xlabel(f"{unit}, true")
    axes.set_ylabel(f"{unit}, predicted by the stack")
    for axis in (axes.xaxis, axes.yaxis):
        _plain_numbers(axis)
    axes.spines[["top", "right"]].set_visible(False)


def _plain_numbers(axis: Any) -> None:
    """Few ticks, as the numbers at them may be long, and no power of ten at the axis's end."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(3))
    axis.set_major_formatter(FuncFormatter(lambda value, _: format_given(value)))


def _band(axes: Any, stack: Numbers, ends: Callable[[Numbers], tuple[Numbers, Numbers]]) -> None:
    """Where the target of a prediction lies: along the target's axis, at each prediction."""
    predictions = np.linspace(stack.min(), stack.max(), 200)
    lower, upper = ends(predictions)
    if np.isfinite([lower, upper]).all():
        axes.fill_betweenx(
            predictions, lower, upper, color=_COLOURS[STACK], alpha=0.13, linewidth=0
        )

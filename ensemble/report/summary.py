"""What a fit ends with, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from backbones.plural import count, many, part
from ensemble.digits import format_interval, format_measured, format_number, format_score
from ensemble.metric import Metric
from ensemble.photos.rejected import FILE
from ensemble.report.places import place_lines
from ensemble.scoring.calibration import ALL, summary
from ensemble.scoring.gains import Gain
from ensemble.scoring.scores import Scores, metric_in
from ensemble.scoring.sources import ALONE, no_gain
from ensemble.scoring.worth import worth_warnings
from ensemble.stacking.blocks import between, only_scored, read_blocks
from ensemble.stacking.crossfit import MemberFits


def fit_summary(metrics: dict[str, Any], folder: Path) -> list[str]:
    """Lines below the leaderboard, from the files of the run: so they are the same each time."""
    stack = metrics["stack"]
    metric = Metric(metric_in(stack))
    low, high = stack[metric.interval]
    between = format_interval(low, high, " and ")
    things = many(_noun(metrics))
    return [
        *_in_time(metrics),
        summary(metrics["intervals"]),
        *sources_summary(metrics, metric),
        *place_lines(metrics.get("places")),
        f"stack: {stack['form']}, {metric.label} between {between} in 95 % of draws of {things}",
        *_rounding(stack.get("rounding"), metric),
        f"run: {folder}; now: python -m ensemble.submit {folder}",
    ]


def _in_time(metrics: dict[str, Any]) -> list[str]:
    """Of which photos the scores are, where folds are blocks of time."""
    scored = only_scored(read_blocks(metrics))
    if not scored:
        return []
    measured = metrics["intervals"]["measured"][ALL]["photos"]
    whole = metrics.get("items", metrics["photos"])
    return [
        f"scored: {part(metrics['stack']['photos'], whole, _noun(metrics))}, "
        f"{between(*scored)}, each predicted from earlier ones alone; intervals measured on "
        f"{measured:,} of them"
    ]


def _rounding(found: Mapping[str, Any] | None, metric: Metric) -> list[str]:
    """What came of ``stack.round``; nothing where it was not asked for."""
    if found is None:
        return []
    whole, plain = (format_number(found[key]) for key in ("whole", "plain"))
    if found["rounded"]:
        return [f"predictions are whole numbers: {metric.label} {whole}, as they were {plain}"]
    return [f"predictions are not rounded: {metric.label} is {plain}, of whole numbers {whole}"]


def sources_summary(metrics: dict[str, Any], metric: Metric) -> list[str]:
    """What columns and photos add to each other, where heads learn from both: a line each."""
    lines = []
    for alone, added in ALONE.items():
        if found := metrics.get("gains", {}).get(alone):
            one, gain = (
                Scores.from_columns(metrics["scores"][alone]).headline,
                Gain.from_json(found),
            )
            score = format_score(one.value, one.standard_error)
            how = "lower its square by" if metric.name == "rmse" else "better it by"
            size = format_measured(gain.size, gain.standard_error)
            why = no_gain(gain, added)
            told = f"{added} {how} {size}{why and ': ' + why}"
            lines.append(f"{alone}: {metric.label} {score}; {told}")
    return lines


def at_hand(backbones: Sequence[str], fits: Sequence[MemberFits]) -> str:
    """What was not computed, as the cache held it; empty where that is nothing.

    `backbones` are the names of those whose features were there.
    """
    found, planned = sum(one.at_hand for one in fits), sum(len(one.files) + 1 for one in fits)
    parts = [f"features of {', '.join(backbones)}"] if backbones else []
    parts += [f"{part(found, planned, 'fit')} of heads"] if found else []
    return f"at hand: {'; '.join(parts)}" if parts else ""


def fit_warnings(metrics: dict[str, Any], folder: Path) -> list[str]:
    """What must not be missed of a run: photos left out, and an ensemble that knows nothing."""
    lines, rejected = [], metrics.get("rejected", 0)
    if rejected:
        lines.append(
            f"{part(rejected, rejected + metrics['photos'], 'photo')} cannot be used: left out"
            f"{_items(metrics)}; the reasons are in {folder / FILE}"
        )
    if in_parts := metrics.get("photos_in_parts", 0):
        lines.append(
            f"{part(in_parts, metrics['photos'], 'photo')} counted in a part alone, as no count of "
            "the whole is known: targets, errors and intervals of these are of the part; a new "
            "photo's interval grows in proportion where more is predicted than in any part"
        )
    return lines + worth_warnings(metrics)


def _noun(metrics: dict[str, Any]) -> str:
    return "item" if "items" in metrics else "photo"


def _items(metrics: dict[str, Any]) -> str:
    lost = metrics.get("items_left_out", 0)
    return f", and with them {count(lost, 'item')} without any other" if lost else ""

"""From the tables of a run to what its report shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from backbones.plural import count, many
from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.report.checks import CHECKS
from ensemble.report.contents import (
    Contents,
    Covered,
    Curve,
    Finding,
    FoldScore,
    Gain,
    Level,
    PhotoView,
    Score,
)
from ensemble.report.evidence import Evidence
from ensemble.report.places import place_lines
from ensemble.report.selection import choose
from ensemble.stacking.blocks import between, only_scored

#: Groups of equally many photos, by prediction.
_LEVELS = 10

#: What the groups of ``metrics.json`` are called.
_GROUPS = {
    "predictions_up_to_median": "lower half of predictions",
    "predictions_above_median": "upper half of predictions",
    "targets_up_to_median": "lower half of targets",
    "targets_above_median": "upper half of targets",
}


def analyse(evidence: Evidence) -> Contents:
    """Compute all that the report shows, but for its pictures."""
    metrics, photos = evidence.metrics, evidence.photos
    scored = evidence.scored
    choice = choose(scored)
    return Contents(
        title=f"{evidence.unit}, {Path(evidence.run).name}",
        sentence=_sentence(evidence),
        unit=evidence.unit,
        findings=find(evidence),
        scores=_scores(evidence),
        set_aside_above=evidence.config.score.only_above,
        gains=tuple(
            Gain(over, gain.size, gain.standard_error) for over, gain in evidence.gains.items()
        ),
        target=tuple(photos["target"].tolist()),
        predicted=tuple(photos[STACK].tolist()),
        levels=_levels(scored),
        coverage=metrics["intervals"]["coverage"],
        covered=_covered(evidence),
        places=tuple(place_lines(metrics.get("places"))),
        members=tuple(evidence.members),
        correlation=_correlation(evidence),
        folds=_folds(evidence),
        blocks=evidence.blocks,
        curves=_curves(evidence),
        times=tuple(evidence.times.items()),
        worst=_views(scored.iloc[choice.worst]),
        typical=_views(scored.iloc[choice.typical]),
        best=_views(scored.iloc[choice.best]),
        config=evidence.config_text,
        versions=tuple(evidence.versions.items()),
        command=f"python -m ensemble.fit {evidence.run}/config.yaml --run-dir {evidence.run}-again",
        columns=tuple(evidence.config.data.columns.features),
        noun=evidence.noun,
    )


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What the checks found, the serious first."""
    found = [finding for check in CHECKS if (finding := check(evidence)) is not None]
    return tuple(sorted(found, key=lambda one: not one.serious))


def _sentence(evidence: Evidence) -> str:
    config, stack = evidence.config, evidence.leaderboard.stack
    rounding = evidence.metrics["stack"].get("rounding")
    whole = " Its predictions are whole numbers." if rounding and rounding["rounded"] else ""
    backbones = [entry.name for entry in config.backbones]
    features = list(config.data.columns.features)
    sources = [f"{count(len(backbones), 'frozen network')} ({', '.join(backbones)})"]
    columns = [f"{count(len(features), 'column')} ({', '.join(features)})"]
    read = " and ".join((sources if backbones else []) + (columns if features else []))
    members = f"{count(len(evidence.members), 'member')} on {read}, trained on "
    if evidence.blocks:
        return f"{members}{_in_time(evidence)}{whole}"
    folds = evidence.photos["fold"].nunique()
    trained = count(len(evidence.photos), evidence.noun)
    return (
        f"{members}{trained} in {folds} folds, and scored on the "
        f"{stack.photos:,} of them that count, each by heads that have not seen it.{whole}"
    )


def _in_time(evidence: Evidence) -> str:
    """The photos that heads are trained and scored on, where folds are blocks of time."""
    blocks = evidence.blocks
    scored = only_scored(blocks)
    return (
        f"{count(sum(one.photos for one in blocks), evidence.noun)} of {between(*blocks)} in "
        f"{len(blocks)} blocks of time, and scored on the {evidence.leaderboard.stack.photos:,} "
        f"that count of {between(*scored)}, each by heads that have seen earlier photos alone."
    )


def _scores(evidence: Evidence) -> tuple[Score, ...]:
    board, metrics = evidence.leaderboard, evidence.metrics
    key = evidence.metric.interval
    intervals = {**metrics.get(f"{key}s", {}), STACK: metrics["stack"][key]}
    weights = metrics.get("weights") or {}
    with_all = evidence.config.score.only_above is not None
    found = []
    for name, one in board.scores.items():
        low, high = intervals.get(name, (None, None))
        found.append(
            Score(
                name,
                board.kinds[name],
                one.rmse,
                one.standard_error,
                low,
                high,
                one.mae,
                one.rmse_all if with_all else None,
                weights.get(name),
                one.headline,
            )
        )
    return tuple(found)


def _folds(evidence: Evidence) -> tuple[FoldScore, ...]:
    name = evidence.metric.name
    error = "standard_error" if name == "rmse" else f"{name}_standard_error"
    return tuple(
        FoldScore(one["fold"], one["photos"], one[name], one[error])
        for one in evidence.metrics.get("folds", ())
    )


def _levels(photos: pd.DataFrame) -> tuple[Level, ...]:
    """Bias and error by prediction, from the lowest level to the highest."""
    error = photos[STACK] - photos["target"]
    count = max(1, min(_LEVELS, len(photos) // 10))
    ranks = photos[STACK].rank(method="first").to_numpy() - 1
    number = (ranks * count // len(photos)).astype(int)
    found = []
    for level in range(count):
        here, predictions = error[number == level], photos[STACK][number == level]
        spread = float(here.std(ddof=1)) / np.sqrt(len(here)) if len(here) > 1 else 0.0
        found.append(
            Level(
                float(predictions.min()),
                float(predictions.max()),
                len(here),
                float(here.mean()),
                float(spread),
                float(np.sqrt((here**2).mean())),
            )
        )
    return tuple(found)


def _covered(evidence: Evidence) -> tuple[Covered, ...]:
    measured = evidence.metrics["intervals"]["measured"]
    called = {"all": f"all {many(evidence.noun)}", **_GROUPS}
    return tuple(
        Covered(called[name], one["share"], one["mean_width"], one["photos"])
        for name, one in measured.items()
        if name in called
    )


def _correlation(evidence: Evidence) -> tuple[tuple[float | None, ...], ...]:
    """Of the members' errors over the photos; None where a member's error never changes."""
    scored = evidence.scored
    errors = scored[evidence.members].sub(scored["target"], axis=0)
    table = errors.corr()
    return tuple(
        tuple(None if np.isnan(value) else float(value) for value in row)
        for row in table.to_numpy()
    )


def _curves(evidence: Evidence) -> tuple[Curve, ...]:
    """Of every fit that leaves out one fold, and of the final head."""
    found = []
    for member, table in evidence.curves.items():
        names = [column for column in table.columns if column not in ("left_out", "epoch")]
        for left_out, rows in table.groupby("left_out", sort=False):
            if "+" not in str(left_out):
                found += [
                    Curve(member, name, str(left_out), tuple(rows[name].tolist())) for name in names
                ]
    return tuple(found)


def _views(photos: pd.DataFrame) -> tuple[PhotoView, ...]:
    columns = photos[["target", STACK, LOWER, UPPER]]
    return tuple(
        PhotoView(str(name), *map(float, numbers))
        for name, *numbers in columns.itertuples(name=None)
    )

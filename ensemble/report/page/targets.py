"""The page of several targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ensemble.report.page.html import fill_template
from ensemble.report.scores_table import ScoresTable
from ensemble.scoring.leaderboard import CONSTANT, MEAN


@dataclass(frozen=True)
class TargetView:
    """What the page shows of a target."""

    name: str
    page: str  #: where its own page lies, from this one, with slashes
    scores: ScoresTable


def render_targets(run: str, views: Sequence[TargetView], constant: str) -> str:
    """The page as HTML; `run` is what the run is called, and `constant` says what that is."""
    links = [quote(view.page) for view in views]
    return fill_template(
        "targets.html",
        run=run,
        targets=list(zip(views, links, strict=True)),
        constant=constant,
        has_alone=any(
            view.scores.emphasis.count("faint") > len((CONSTANT, MEAN)) for view in views
        ),
    )

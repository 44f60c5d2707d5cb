"""Checks of what photos and the columns beside them add to each other."""

from __future__ import annotations

from typing import ClassVar

from ensemble.digits import format_score
from ensemble.metric import with_article
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence
from ensemble.scoring.leaderboard import STACK
from ensemble.scoring.sources import ALONE, no_gain


class IdleSource:
    """The stack is no better than one of columns, or of photos, alone."""

    code: ClassVar[str] = "idle-source"
    title: ClassVar[str] = "Photos or columns may add nothing"

    def __call__(self, evidence: Evidence) -> Finding | None:
        idle = {
            alone: told
            for alone, added in ALONE.items()
            if alone in evidence.gains and (told := no_gain(evidence.gains[alone], added))
        }
        if not idle:
            return None
        scores = {name: one.headline for name, one in evidence.leaderboard.scores.items()}
        said = {name: format_score(one.value, one.standard_error) for name, one in scores.items()}
        told = "; ".join(f"{alone} give {said[alone]}, and {why}" for alone, why in idle.items())
        return Finding(
            self.code,
            self.title,
            f"The stack has {with_article(evidence.metric.label)} of {said[STACK]}; {told}.",
            "Without them a prediction needs less; or try other heads, backbones or columns.",
        )

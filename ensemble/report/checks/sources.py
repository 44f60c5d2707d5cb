"""Checks of what photos and the columns beside them add to each other."""

from __future__ import annotations

from typing import ClassVar

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
        gains = evidence.gains
        idle = {
            alone: told
            for alone, added in ALONE.items()
            if alone in gains and (told := no_gain(gains[alone], added))
        }
        if not idle:
            return None
        said = evidence.said
        told = "; ".join(f"{alone} give {said[alone]}, and {why}" for alone, why in idle.items())
        return Finding(
            self.code,
            self.title,
            f"The stack has {with_article(evidence.metric.label)} of {said[STACK]}; {told}.",
            "Without them a prediction needs less; or try other heads, backbones or columns.",
        )

"""Checks of the stack: whether it is worth more than what it is made of."""

from __future__ import annotations

from typing import ClassVar

from ensemble.metric import with_article
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence
from ensemble.scoring.leaderboard import CONSTANT, STACK
from ensemble.scoring.worth import describe_constant


class StackAgainstConstant:
    """The stack is no better than the mean target."""

    code: ClassVar[str] = "stack-constant"
    title: ClassVar[str] = "The stack may know nothing of the photos"

    def __call__(self, evidence: Evidence) -> Finding | None:
        gain = evidence.gains.get(CONSTANT)
        if gain is None or gain.is_sure:
            return None
        said, metric = evidence.said, evidence.metric
        return Finding(
            self.code,
            self.title,
            f"Its {metric.label} is {said[STACK]}; always saying "
            f"{describe_constant(evidence.metrics, metric)} gives {said[CONSTANT]}, and the "
            "difference is within what comes by chance.",
            "See whether names and targets belong together, whether the number can be seen in the "
            "photos at all, and whether there are enough of them.",
            serious=True,
        )


class StackAgainstBest:
    """The stack is no better than its best member."""

    code: ClassVar[str] = "stack-best"
    title: ClassVar[str] = "The stack adds nothing to its best member"

    def __call__(self, evidence: Evidence) -> Finding | None:
        best = str(evidence.metrics.get("best_member"))
        gain = evidence.gains.get(best)
        if gain is None or len(evidence.members) < 2:
            return None
        if gain.is_sure:
            return None
        said, label = evidence.said, evidence.metric.label
        return Finding(
            self.code,
            self.title,
            f"The stack has {with_article(label)} of {said[STACK]}, {best} alone {said[best]}; the "
            "difference is within what comes by chance.",
            f"Leave out members that err as {best} does (see the correlation of errors), or add "
            "one that errs otherwise: another network, other layers, another head.",
        )

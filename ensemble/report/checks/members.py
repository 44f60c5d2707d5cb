"""Checks of members."""

from __future__ import annotations

from typing import ClassVar

from ensemble.config.entry import BackboneEntry, JointEntry
from ensemble.digits import format_number
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence

#: Share of the target's spread that a member's predictions have at least if it says something.
_LEAST = 0.1

#: Ratio of the 95th percentile of the target to the median from which its scale is wide.
_WIDE = 5.0


class SilentMember:
    """A member predicts next to nothing."""

    code: ClassVar[str] = "silent-member"
    title: ClassVar[str] = "Members say next to nothing"

    def __call__(self, evidence: Evidence) -> Finding | None:
        scored = evidence.scored
        spread = float(scored["target"].std())
        shares = {name: float(scored[name].std()) / spread for name in evidence.members if spread}
        silent = {name: share for name, share in shares.items() if share < _LEAST}
        if not silent:
            return None
        named = ", ".join(f"{name} ({share:.1%})" for name, share in silent.items())
        return Finding(
            self.code,
            self.title,
            f"Predictions spread by less than a tenth of what the target does: {named}.",
            "Their parameters do not suit the features or the scale of the target: train longer, "
            "raise the learning rate, weaken the regularisation, or leave them out.",
        )


class WideTarget:
    """The target spans a wide scale, and no head looks at it on a narrower one."""

    code: ClassVar[str] = "wide-target"
    title: ClassVar[str] = "The target's scale may suit no head"

    def __call__(self, evidence: Evidence) -> Finding | None:
        target = evidence.photos["target"]
        median, high = float(target.median()), float(target.quantile(0.95))
        config = evidence.config
        entries: list[BackboneEntry | JointEntry] = [*config.backbones, *config.joint]
        heads = [head for entry in entries for head in entry.heads]
        scaled = any(head.target != "none" or head.head == "density" for head in heads)
        if scaled or target.min() < 0 or median <= 0 or high < _WIDE * median:
            return None
        return Finding(
            self.code,
            self.title,
            f"Half of the targets lie below {format_number(median)}, and one in twenty above "
            f"{format_number(high)}: the largest dominate what the heads learn.",
            "Try target: sqrt for counts, or target: log1p for prices and sizes, on the heads.",
        )

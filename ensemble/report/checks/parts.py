"""Checks of photos of which a part is labelled."""

from __future__ import annotations

from typing import ClassVar

from backbones.plural import part
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence


class CountedInParts:
    """The whole count of photos is not known."""

    code: ClassVar[str] = "in-parts"
    title: ClassVar[str] = "Photos counted in a part"

    def __call__(self, evidence: Evidence) -> Finding | None:
        number = evidence.metrics.get("photos_in_parts", 0)
        if not number:
            return None
        told = part(number, len(evidence.photos), "photo", "has")
        return Finding(
            self.code,
            self.title,
            f"{told} labels in a part alone, and no count of the whole: their targets, predictions "
            "and errors here are of the part. New photos are counted as a whole; where more is "
            "predicted than in any part, their intervals grow in proportion.",
            "Count some photos as a whole, to know the error of that.",
        )

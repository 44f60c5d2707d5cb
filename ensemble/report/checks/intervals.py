"""Checks of the prediction intervals."""

from __future__ import annotations

from typing import ClassVar

from backbones.plural import count
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence

#: Errors beyond the intervals from which their width can follow the level of the prediction.
_BEYOND = 20


class FewPhotos:
    """There are few photos for the intervals."""

    code: ClassVar[str] = "few-photos"
    title: ClassVar[str] = "Few photos for intervals"

    def __call__(self, evidence: Evidence) -> Finding | None:
        coverage = evidence.metrics["intervals"]["coverage"]
        photos, needed = len(evidence.photos), round(_BEYOND / (1 - coverage))
        if photos >= needed:
            return None
        return Finding(
            self.code,
            self.title,
            f"There are {count(photos, 'photo')}; below {needed} all intervals of a coverage of "
            f"{coverage:g} have the same width, whatever the prediction.",
            "Take their widths as rough, label more photos, or ask for less coverage.",
        )

"""Checks of what the photos look like."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from backbones.photos.appearance import BLURRED, DARK
from backbones.plural import count
from ensemble.report.checks.check import first
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence

#: The shorter side of a tiny photo is below, in pixels.
_TINY = 64

#: The longer side of a photo of odd shape, in shorter ones.
_LONG = 3.0


class PoorPhotos:
    """Photos are dark, blurred, tiny or of odd shape."""

    code: ClassVar[str] = "poor-photos"
    title: ClassVar[str] = "Photos in which little can be seen"

    def __call__(self, evidence: Evidence) -> Finding | None:
        if evidence.appearance is None:
            return None
        kinds = {what: rows["name"] for what, rows in _kinds(evidence.appearance).items()}
        found = {what: names for what, names in kinds.items() if len(names)}
        if not found:
            return None
        each = ", ".join(f"{len(names):,} {what}" for what, names in found.items())
        names = list(dict.fromkeys(pd.concat(list(found.values()))))
        return Finding(
            self.code,
            self.title,
            f"{count(len(names), 'photo')} may show too little: {each}.",
            "See whether new photos will be like these. If not, leave them out; if so, their "
            "predictions deserve less trust.",
            photos=first(names),
        )


def _kinds(photos: pd.DataFrame) -> dict[str, pd.DataFrame]:
    shorter = photos[["height", "width"]].min(axis=1)
    longer = photos[["height", "width"]].max(axis=1)
    return {
        "dark": photos[photos["brightness"] < DARK],
        "blurred": photos[photos["sharpness"] < BLURRED],
        "tiny": photos[shorter < _TINY],
        "of odd shape": photos[longer > _LONG * shorter],
    }

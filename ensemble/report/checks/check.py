"""What all checks of a report share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence

#: Names that a finding lists.
MOST = 8


class Check(Protocol):
    """Looks for one thing in the tables of a run."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __call__(self, evidence: Evidence) -> Finding | None:
        """What was seen, and what to do; None where there is nothing of it."""


def first(names: Sequence[object]) -> tuple[str, ...]:
    """The first of some names."""
    return tuple(map(str, names[:MOST]))

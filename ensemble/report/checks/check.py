"""What all checks of a report share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, TypeVar

from ensemble.report.contents import Finding

#: Names that a finding lists.
MOST = 8


#: What is looked at: the tables of a run, or new photos that were predicted.
Evidence = TypeVar("Evidence", contravariant=True)


class Check(Protocol[Evidence]):
    """Looks for one thing in what is known."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __call__(self, evidence: Evidence) -> Finding | None:
        """What was seen, and what to do; None where there is nothing of it."""


def first(names: Sequence[object]) -> tuple[str, ...]:
    """The first of some names."""
    return tuple(map(str, names[:MOST]))

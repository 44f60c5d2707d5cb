"""The tables of a run go in; what is worth a look comes out, a small class a check."""

from __future__ import annotations

from ensemble.report.checks.appearance import PoorPhotos
from ensemble.report.checks.check import Check
from ensemble.report.checks.copies import ContradictingCopies, SplitCopies
from ensemble.report.checks.intervals import FewPhotos
from ensemble.report.checks.labels import SuspectedLabels, TargetOutliers
from ensemble.report.checks.members import SilentMember, WideTarget
from ensemble.report.checks.new_photos import BeyondTargets, FarPhotos
from ensemble.report.checks.parts import CountedInParts
from ensemble.report.checks.sources import IdleSource
from ensemble.report.checks.worth import StackAgainstBest, StackAgainstConstant
from ensemble.report.evidence import Evidence
from ensemble.report.predicted import Predicted

#: In the order in which findings are shown.
CHECKS: tuple[Check[Evidence], ...] = (
    StackAgainstConstant(),
    CountedInParts(),
    ContradictingCopies(),
    SplitCopies(),
    SuspectedLabels(),
    TargetOutliers(),
    SilentMember(),
    WideTarget(),
    StackAgainstBest(),
    IdleSource(),
    FewPhotos(),
    PoorPhotos(),
)

#: Of new photos, likewise.
NEW_CHECKS: tuple[Check[Predicted], ...] = (FarPhotos(), BeyondTargets())

"""The part of a fitted ensemble that predicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backbones.files import temporary_folder
from backbones.key import key
from ensemble import heads
from ensemble.config.member import Member
from ensemble.heads import Regressor
from ensemble.scoring.intervals import Intervals, Limits
from ensemble.scoring.result import FitResult


@dataclass(frozen=True)
class FittedMembers:
    """Fitted heads by member, a stack and its intervals."""

    members: tuple[Member, ...]
    folders: Mapping[str, Path]  #: the folder of each member's head; see ``heads.load``
    stack: Regressor  #: members' predictions (n, members) to (n,)
    intervals: Intervals
    limits: Limits  #: between which every prediction lies
    identity: str  #: changes with anything that the members' predictions hang on

    @classmethod
    def from_result(cls, result: FitResult) -> FittedMembers:
        """What a fit found, with the heads that lie in the cache."""
        return cls(
            members=tuple(one.member for one in result.fits),
            folders={one.member.name: one.fitted for one in result.fits},
            stack=_reloaded(result.stack.regressor),
            intervals=result.calibration.intervals,
            limits=result.experiment.config.data.limits,
            identity=key([one.fitted.name for one in result.fits]),
        )


def _reloaded(stack: Regressor) -> Regressor:
    """The stack as a run loads it: how its arrays lie in memory decides last bits."""
    with temporary_folder() as folder:
        heads.save(stack, folder)
        return heads.load(folder)

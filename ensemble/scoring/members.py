"""The part of a fitted ensemble that predicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError
from backbones.key import key
from ensemble import heads
from ensemble.config.member import Member
from ensemble.heads import Regressor
from ensemble.scoring.intervals import LOWER, UPPER, Intervals, Limits
from ensemble.scoring.leaderboard import STACK
from ensemble.scoring.result import FitResult

Numbers = npt.NDArray[np.float64]


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

    def table(self, names: npt.NDArray[np.str_], members: Numbers) -> pd.DataFrame:
        """``name``, a column a member, ``stack``, ``lower`` and ``upper``, in the target's unit.

        Parameters
        ----------
        names : str (n,)
        members : float64 (n, members)
            Their predictions.

        Raises
        ------
        InputError
            Predictions are not finite.
        """
        columns = {one.name: members[:, n] for n, one in enumerate(self.members)}
        stacked = np.clip(heads.predict_alike(self.stack, members), *self.limits)
        wrong = ~(np.isfinite(members).all(axis=1) & np.isfinite(stacked))
        if wrong.any():
            raise InputError(f"predictions that are no numbers: {', '.join(names[wrong][:10])}")
        lower, upper = self.intervals.around(stacked, self.limits)
        return pd.DataFrame({"name": names, **columns, STACK: stacked, LOWER: lower, UPPER: upper})


def _reloaded(stack: Regressor) -> Regressor:
    """The stack as a run loads it: how its arrays lie in memory decides last bits."""
    with TemporaryDirectory() as folder:
        heads.save(stack, Path(folder))
        return heads.load(Path(folder))

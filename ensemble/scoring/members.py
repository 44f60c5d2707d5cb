"""The part of a fitted ensemble that predicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.files import temporary_folder
from backbones.key import key
from ensemble import heads
from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.config.member import Member
from ensemble.heads import Regressor
from ensemble.scoring.intervals import Intervals, Limits
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
        _refuse_no_numbers(names, columns)
        stacked = heads.predict_alike(self.stack, members)
        _refuse_no_numbers(names, {STACK: stacked})
        stacked = np.clip(stacked, *self.limits)
        lower, upper = self.intervals.around(stacked, self.limits)
        return pd.DataFrame({"name": names, **columns, STACK: stacked, LOWER: lower, UPPER: upper})


def _reloaded(stack: Regressor) -> Regressor:
    """The stack as a run loads it: how its arrays lie in memory decides last bits."""
    with temporary_folder() as folder:
        heads.save(stack, folder)
        return heads.load(folder)


def _refuse_no_numbers(names: npt.NDArray[np.str_], columns: Mapping[str, Numbers]) -> None:
    """Raise an ``InputError`` with the columns that hold no number for some photos, and those."""
    wrong = {name: names[~np.isfinite(column)] for name, column in columns.items()}
    mistakes = [
        f"{name}, {len(photos)} of {len(names)}: {', '.join(first_ten(list(photos)))}"
        for name, photos in wrong.items()
        if len(photos)
    ]
    if mistakes:
        raise InputError(
            "no numbers (NaN or infinite) are predicted for some photos; leave these photos out, "
            "or fit without these heads:",
            first_ten(mistakes),
        )

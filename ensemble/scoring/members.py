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
from backbones.networks.backbone import Backbone
from ensemble import heads
from ensemble.config.columns import LOWER, NOVELTY, STACK, UPPER
from ensemble.config.member import Member
from ensemble.heads import Regressor
from ensemble.photos.cells import Cells
from ensemble.photos.items import Items
from ensemble.photos.tabular import Column, encode_columns, missing_columns
from ensemble.scoring.intervals import Intervals, Limits
from ensemble.scoring.novelty import Novelty
from ensemble.scoring.result import FitResult

Numbers = npt.NDArray[np.float64]

#: Decimals of a novelty: more would say nothing.
_PLACES = 3


@dataclass(frozen=True)
class FittedMembers:
    """Fitted heads by member, a stack and its intervals."""

    members: tuple[Member, ...]
    folders: Mapping[str, Path]  #: the folder of each member's head; see ``heads.load``
    stack: Regressor  #: members' predictions (n, members) to (n,)
    intervals: Intervals
    limits: Limits  #: between which every prediction lies
    identity: str  #: changes with anything that the members' predictions hang on
    novelty: Novelty | None = None  #: None in runs that do not know it
    columns: tuple[Column, ...] = ()  #: that heads take, beside the photos or alone
    views: tuple[str, ...] = ()  #: those that stand side by side; see ``ensemble.photos.views``
    of_items: bool = False  #: whether items of several photos are predicted

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
            novelty=result.novelty,
            columns=() if result.photos.columns is None else result.photos.columns.columns,
            views=result.views,
            of_items=result.photos.items is not None,
        )

    @property
    def backbones(self) -> list[Backbone]:
        """Those of the members, each once, in the config's order."""
        return list({one.name: one for member in self.members for one in member.backbones}.values())

    @property
    def identities(self) -> list[str]:
        """Change with anything that the numbers computed of a photo hang on."""
        return [self.identity, *([] if self.novelty is None else [self.novelty.identity])]

    @property
    def numbers(self) -> int:
        """How many are computed of a photo: a prediction a member, and its novelty."""
        return len(self.members) + (self.novelty is not None)

    def encode(self, cells: Cells | None, quietly: bool = False) -> Numbers | None:
        """The columns beside new photos, float64 (n, k); None where no head takes any.

        Labels that the fit did not know are logged, unless it is `quietly`.

        Raises
        ------
        InputError
            Heads take columns, and there are none, or they hold something else than in the fit.
        """
        if not self.columns:
            return None
        if cells is None:
            names = [column.name for column in self.columns]
            raise InputError(missing_columns(names, "there are photos alone"))
        return encode_columns(cells, self.columns, quietly)

    def check_items(self, items: Items | None) -> None:
        """Refuse photos where items are predicted, and items where photos are.

        Raises
        ------
        InputError
            They are not of the kind that the heads were fitted on.
        """
        if self.of_items and items is None:
            raise InputError(
                "items of several photos are predicted, and nothing says which photos are of one; "
                "name a table with --test, or give items=, from Python"
            )
        if items is not None and not self.of_items:
            raise InputError(
                "photos are predicted, one by one, and not items of several; leave out items, or "
                "fit with data.columns.item"
            )

    def table(self, names: npt.NDArray[np.str_], numbers: Numbers) -> pd.DataFrame:
        """``name``, a column a member, ``stack``, ``lower`` and ``upper``, in the target's unit.

        Where it is known, ``novelty`` is the last column; see ``ensemble.scoring.novelty``.

        Parameters
        ----------
        names : str (n,)
        numbers : float64 (n, ``self.numbers``)
            The members' predictions, and how far the photos lie from those of the fit.

        Raises
        ------
        InputError
            Predictions are not finite.
        """
        members = numbers[:, : len(self.members)]
        columns = {one.name: members[:, n] for n, one in enumerate(self.members)}
        _refuse_no_numbers(names, columns)
        stacked = heads.predict_alike(self.stack, members)
        _refuse_no_numbers(names, {STACK: stacked})
        stacked = np.clip(stacked, *self.limits)
        lower, upper = self.intervals.around(stacked, self.limits)
        ends = {LOWER: lower, UPPER: upper}
        far = {} if self.novelty is None else {NOVELTY: numbers[:, -1].round(_PLACES)}
        return pd.DataFrame({"name": names, **columns, STACK: stacked, **ends, **far})


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

"""The out-of-fold table: what every member says of photos that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ensemble.stacking.crossfit import LeftOut, MemberFits
from ensemble.stacking.folds import Folds, Rows

Numbers = npt.NDArray[np.float64]
Split = tuple[Rows, Rows]


@dataclass(frozen=True)
class OutOfFold:
    """Predictions (rows, members); a row is a photo in the fold of one repeat that holds it out.

    Rows are ordered by fold number and, in a fold, by name.
    """

    members: tuple[str, ...]
    photo: Rows  #: position of the photo, (rows,)
    fold: Rows  #: its fold, (rows,)
    repeat: Rows  #: the repeat of that fold, (rows,)
    predictions: Numbers  #: (rows, members)
    inner: dict[tuple[int, int], Numbers]  #: of one fold, by heads fitted without it and another

    @classmethod
    def from_fits(cls, fits: Sequence[MemberFits], folds: Folds) -> OutOfFold:
        """The table of the members' fits."""
        repeats = folds.repeats()
        numbers = [fold for repeat in repeats for fold in repeat]
        photos = [folds.held_out(fold) for fold in numbers]
        fold = np.concatenate([np.full(len(p), f) for p, f in zip(photos, numbers, strict=True)])
        of_fold = {one: index for index, repeat in enumerate(repeats) for one in repeat}
        return cls(
            members=tuple(one.member.name for one in fits),
            photo=np.concatenate(photos),
            fold=fold,
            repeat=np.array([of_fold[int(one)] for one in fold]),
            predictions=np.concatenate([_columns(fits, (one,)) for one in numbers]),
            inner=_inner(fits, folds),
        )

    def by_photo(self, column: Numbers) -> Numbers:
        """A column (rows,) as (repeats, photos), by the photo's position."""
        found = np.empty((int(self.repeat.max()) + 1, int(self.photo.max()) + 1))
        found[self.repeat, self.photo] = column
        return found

    def splits(self) -> list[Split]:
        """For each fold the (training, held-out) rows of its repeat, for scikit-learn's `cv`."""
        return _splits(self.fold, self.repeat)

    def excluding(self, fold: int) -> tuple[Rows, Numbers, list[Split]]:
        """What may be known where `fold` is unknown: heads fitted without it, on photos outside it.

        Returns the rows of the table that it is about, the predictions (rows, members) by heads
        that saw neither `fold` nor the row's own fold, and the splits among these rows.
        """
        others = [one for one, without in self.inner if without == fold]
        rows = np.flatnonzero(np.isin(self.fold, others))
        found = np.empty((len(rows), len(self.members)))
        for other in others:
            found[self.fold[rows] == other] = self.inner[other, fold]
        return rows, found, _splits(self.fold[rows], self.repeat[rows])


def _splits(fold: Rows, repeat: Rows) -> list[Split]:
    return [
        (
            np.flatnonzero((repeat == repeat[fold == one][0]) & (fold != one)),
            np.flatnonzero(fold == one),
        )
        for one in np.unique(fold)
    ]


def _columns(fits: Sequence[MemberFits], held: LeftOut) -> Numbers:
    return np.column_stack([one.predictions[held] for one in fits])


def _inner(fits: Sequence[MemberFits], folds: Folds) -> dict[tuple[int, int], Numbers]:
    found = {}
    for held in fits[0].predictions:
        if len(held) == 2:
            columns = _columns(fits, held)
            for one, other in (held, held[::-1]):
                found[one, other] = columns[np.isin(folds.held_out(*held), folds.held_out(one))]
    return found

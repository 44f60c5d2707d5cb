"""The out-of-fold table: each member's predictions of photos that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.fits import LeftOut
from ensemble.stacking.folds import Folds, Rows

Numbers = npt.NDArray[np.float64]
Split = tuple[Rows, Rows]


@dataclass(frozen=True)
class OutOfFold:
    """Predictions (rows, members), with a row for each photo in each repeat.

    Rows are ordered by the fold that holds the photo out and, in a fold, by name.
    """

    members: tuple[str, ...]
    photo: Rows  #: position of the photo, (rows,)
    fold: Rows  #: the fold that holds it out, (rows,)
    repeat: Rows  #: the repeat of that fold, (rows,)
    predictions: Numbers  #: (rows, members)
    inner: dict[tuple[int, int], Numbers]  #: of the first fold, by heads fitted without both

    @classmethod
    def from_fits(cls, fits: Sequence[MemberFits], folds: Folds) -> OutOfFold:
        """Build the table from the members' fits."""
        repeats = folds.repeats()
        numbers = [fold for repeat in repeats for fold in repeat]
        photos = [folds.held_out(fold) for fold in numbers]
        fold = np.concatenate([np.full(len(p), f) for p, f in zip(photos, numbers, strict=True)])
        repeat_of = {number: index for index, repeat in enumerate(repeats) for number in repeat}
        return cls(
            members=tuple(member_fits.member.name for member_fits in fits),
            photo=np.concatenate(photos),
            fold=fold,
            repeat=np.array([repeat_of[int(number)] for number in fold]),
            predictions=np.concatenate([_columns(fits, (number,)) for number in numbers]),
            inner=_inner(fits, folds),
        )

    def by_photo(self, column: Numbers) -> Numbers:
        """Reshape a column (rows,) to (repeats, photos), by the photo's position."""
        by_photo = np.empty((int(self.repeat.max()) + 1, int(self.photo.max()) + 1))
        by_photo[self.repeat, self.photo] = column
        return by_photo

    def splits(self) -> list[Split]:
        """Return the (training, held-out) rows of each fold, for scikit-learn's `cv`."""
        return _splits(self.fold, self.repeat)

    def excluding(self, fold: int) -> tuple[Rows, Numbers, list[Split]]:
        """Return the out-of-fold table of the photos outside `fold`, by heads fitted without it.

        That is the rows of this table, the predictions (rows, members) by heads fitted without
        `fold` and without the row's own fold, and the splits among these rows.
        """
        others = [other for other, without in self.inner if without == fold]
        rows = np.flatnonzero(np.isin(self.fold, others))
        predictions = np.empty((len(rows), len(self.members)))
        for other in others:
            predictions[self.fold[rows] == other] = self.inner[other, fold]
        return rows, predictions, _splits(self.fold[rows], self.repeat[rows])


def _splits(fold: Rows, repeat: Rows) -> list[Split]:
    return [
        (
            np.flatnonzero((repeat == repeat[fold == number][0]) & (fold != number)),
            np.flatnonzero(fold == number),
        )
        for number in np.unique(fold)
    ]


def _columns(fits: Sequence[MemberFits], left_out: LeftOut) -> Numbers:
    return np.column_stack([member_fits.predictions[left_out] for member_fits in fits])


def _inner(fits: Sequence[MemberFits], folds: Folds) -> dict[tuple[int, int], Numbers]:
    inner = {}
    for left_out in fits[0].predictions:
        if len(left_out) == 2:
            columns = _columns(fits, left_out)
            for fold, other in (left_out, left_out[::-1]):
                inner[fold, other] = columns[
                    np.isin(folds.held_out(*left_out), folds.held_out(fold))
                ]
    return inner

"""The out-of-fold table: each member's predictions of photos that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

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

    Rows are ordered by the fold that holds the photo out and, in a fold, by name. Where folds are
    ordered, what predicts a row has seen rows of earlier folds alone, and photos that have no row.
    """

    members: tuple[str, ...]
    photo: Rows  #: position of the photo, (rows,)
    fold: Rows  #: the fold that holds it out, (rows,)
    repeat: Rows  #: the repeat of that fold, (rows,)
    predictions: Numbers  #: (rows, members)
    inner: dict[tuple[int, int], Numbers]  #: of the first fold, by heads fitted without both
    is_ordered: bool = False  #: see ``Folds``
    #: positions of the photos before those of the first fold, if folds are ordered
    before: Rows = field(default_factory=lambda: np.empty(0, dtype=np.intp))

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
            is_ordered=folds.is_ordered,
            before=folds.training(numbers[0]) if folds.is_ordered else np.empty(0, dtype=np.intp),
        )

    @cached_property
    def photos(self) -> Rows:
        """Positions of the photos that have a row, increasing: all, unless folds are ordered."""
        return np.unique(self.photo)

    def of_photos(self, target: Numbers, weight: Numbers | None) -> tuple[Numbers, Numbers | None]:
        """Target and weight of the photos that have a row, from those of all."""
        return target[self.photos], None if weight is None else weight[self.photos]

    def by_photo(self, column: Numbers) -> Numbers:
        """Reshape a column (rows,) to (repeats, photos), in the order of ``photos``."""
        photos = self.photos
        by_photo = np.empty((int(self.repeat.max()) + 1, len(photos)))
        by_photo[self.repeat, np.searchsorted(photos, self.photo)] = column
        return by_photo

    def splits(self) -> list[Split]:
        """Return the (training, held-out) rows of each fold.

        Without an order, they are what scikit-learn takes as `cv`; with one, the first fold has
        nothing to train on.
        """
        return self._splits(np.arange(len(self.fold)))

    def scored(self, is_fitted: bool) -> OutOfFold:
        """Return the rows that a stack predicts: all, if nothing is fitted, or folds have no order.

        Else all but the first fold's, of which a stack would have no rows to learn from.
        """
        if not (self.is_ordered and is_fitted):
            return self
        return self.take(self.fold > self.fold.min())

    def unscored(self, is_fitted: bool) -> OutOfFold | None:
        """Return the rows that ``scored`` leaves out; None if there is none."""
        rest = ~np.isin(self.fold, self.scored(is_fitted).fold)
        return self.take(rest) if rest.any() else None

    def take(self, rows: npt.NDArray[np.bool_]) -> OutOfFold:
        """Return some rows (rows,) of ordered folds, whole folds; photos before them stay known."""
        earlier = self.photo[self.fold < self.fold[rows].min()]
        return replace(
            self,
            photo=self.photo[rows],
            fold=self.fold[rows],
            repeat=self.repeat[rows],
            predictions=self.predictions[rows],
            before=np.union1d(self.before, earlier),
        )

    def excluding(self, fold: int) -> tuple[Rows, Numbers, list[Split]]:
        """Return the out-of-fold table of the photos outside `fold`, by heads fitted without it.

        That is the rows of this table, the predictions (rows, members) by heads fitted without
        `fold` and without the row's own fold, and the splits among these rows. Of ordered folds
        they are those before `fold`.
        """
        if self.is_ordered:
            rows = np.flatnonzero(self.fold < fold)
            return rows, self.predictions[rows], self._splits(rows)
        others = [other for other, without in self.inner if without == fold]
        rows = np.flatnonzero(np.isin(self.fold, others))
        predictions = np.empty((len(rows), len(self.members)))
        for other in others:
            predictions[self.fold[rows] == other] = self.inner[other, fold]
        return rows, predictions, self._splits(rows)

    def _splits(self, rows: Rows) -> list[Split]:
        """As ``splits``, of some rows, by their place among these."""
        fold, repeat = self.fold[rows], self.repeat[rows]
        return [
            (
                np.flatnonzero(
                    fold < number
                    if self.is_ordered
                    else (repeat == repeat[fold == number][0]) & (fold != number)
                ),
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

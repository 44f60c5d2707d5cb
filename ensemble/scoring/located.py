"""Photos of a fit whose objects have known places, beside what is seen in them out of fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ensemble.densities.frame import Size
from ensemble.heads import Boxes
from ensemble.photos.objects import Objects
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.folds import Rows
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

#: Cells of densities that are worked on together.
_TOGETHER = 1 << 20


@dataclass(frozen=True)
class FoldView:
    """The located photos of one fold, by a head that was fitted without them."""

    fold: int
    photo: Rows  #: their positions (n,)
    densities: Sequence[npt.NDArray[np.float16]]  #: (rows, columns) each, in the target's unit
    stack: Numbers  #: the stack's nested predictions of them (n,), not below 0

    @property
    def by_grid(self) -> Iterator[tuple[Rows, npt.NDArray[np.float16]]]:
        """The positions of some with densities of one shape, and these, (m, rows, columns).

        Those of large photos come a few at a time: finding peaks takes 60 bytes a cell.
        """
        grids = np.array([one.shape for one in self.densities])
        shapes, number = np.unique(grids, axis=0, return_inverse=True)
        for shape, cells in enumerate(shapes.prod(axis=1).tolist()):
            rows = np.flatnonzero(number.ravel() == shape)
            step = max(1, _TOGETHER // cells)
            for some in np.split(rows, range(step, len(rows), step)):
                yield some, np.stack([self.densities[row] for row in some.tolist()])


@dataclass(frozen=True)
class Located:
    """The photos whose objects have known places, and a member that has densities of them."""

    objects: Objects
    fits: MemberFits
    table: OutOfFold
    nested: Numbers  #: the stack's predictions (rows of the table,)
    weight: Numbers | None = None  #: of each photo; those of weight 0 are left out

    @property
    def has_objects(self) -> bool:
        """Whether any object has a known place: photos that have none tell nothing alone."""
        boxes = zip(self.objects.boxes, self.objects.is_located, strict=True)
        return any(one is not None and len(one) and located for one, located in boxes)

    def others(self, fold: int) -> Rows:
        """The folds that may decide what a fold is measured by; of ordered ones, those before it.

        The first of ordered folds has none: nothing is measured on it.
        """
        if self.table.is_ordered:
            return np.unique(self.table.fold[self.table.fold < fold])
        same = self.table.repeat == self.table.repeat[self.table.fold == fold][0]
        return np.unique(self.table.fold[same & (self.table.fold != fold)])

    def views(self) -> Iterator[FoldView]:
        """The folds that have such photos, one after the other: densities are read from disk."""
        known = np.array(self.objects.is_located)
        if self.weight is not None:
            known &= self.weight > 0
        for fold in np.unique(self.table.fold):
            rows = np.flatnonzero(self.table.fold == fold)
            kept = known[self.table.photo[rows]]
            if kept.any():
                densities = self.fits.densities(int(fold))
                yield FoldView(
                    int(fold),
                    self.table.photo[rows[kept]],
                    [densities[row] for row in np.flatnonzero(kept).tolist()],
                    self.nested[rows[kept]].clip(0),
                )

    def boxes(self, photo: int) -> Boxes:
        """The boxes (m, 4) of a photo that has a view, as fractions of it."""
        return _known(self.objects.boxes[photo])

    def boxes_in_frame(self, photo: int) -> Boxes:
        """The same, as fractions of what the network saw."""
        return _known(self._in_frame[photo])

    @cached_property
    def _in_frame(self) -> list[Boxes | None]:
        return self.objects.in_frame(*self.fits.member.view)

    def size(self, photo: int) -> Size:
        """Its height and width, pixels."""
        return self.objects.sizes[photo]


def _known(boxes: Boxes | None) -> Boxes:
    return np.empty((0, 4)) if boxes is None else boxes

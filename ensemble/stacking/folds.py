"""The folds that heads, stack and scores share."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import count
from ensemble.config.folds import MOST_FOLDS, FoldsSpec
from ensemble.photos.dataset import Dataset
from ensemble.stacking.blocks import cut_blocks

Rows = npt.NDArray[np.intp]

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class Folds:
    """The fold that holds out each photo, in every repeat.

    ``number`` is int (repeats, n). The folds of all repeats are numbered consecutively from 0, so
    that a number identifies one fold of one repeat.

    Where folds are ordered, as blocks of time are, each is predicted by heads fitted on those
    before it alone, so that the first one never is.
    """

    names: npt.NDArray[np.str_]
    number: npt.NDArray[np.intp]
    neighbours: int | None = None  #: see ``FoldsSpec``
    is_ordered: bool = False

    def repeats(self) -> list[list[int]]:
        """Return the numbers of the folds that are predicted, of each repeat.

        >>> Folds(np.array(list("abc")), np.array([[2, 0, 1]]), is_ordered=True).repeats()
        [[1, 2]]
        """
        return [sorted({int(fold) for fold in row})[self.is_ordered :] for row in self.number]

    def pairs(self) -> list[tuple[int, int]]:
        """Return the pairs of folds of each repeat: all, or only neighbours in a ring.

        Ordered folds have none: what has seen nothing of a fold has seen nothing of later ones.

        >>> folds = Folds(np.array(list("abcd")), np.array([[0, 1, 2, 3]]), neighbours=1)
        >>> folds.pairs()
        [(0, 1), (0, 3), (1, 2), (2, 3)]
        """
        return [
            (first, second)
            for repeat in self.repeats()
            for first, second in combinations(repeat, 2)
            if not self.is_ordered
            if self.neighbours is None
            or min(second - first, len(repeat) - second + first) <= self.neighbours
        ]

    def held_out(self, *folds: int) -> Rows:
        """Return the positions of the photos in any of these folds, of one repeat."""
        return np.flatnonzero(np.isin(self._repeat(folds), folds))

    def training(self, *folds: int) -> Rows:
        """Return the positions of the photos in none of these folds, of one repeat.

        Of ordered folds only those in earlier ones.

        >>> Folds(np.array(list("abc")), np.array([[2, 0, 1]]), is_ordered=True).training(1)
        array([1])
        """
        if not folds:
            return np.arange(len(self.names))
        if self.is_ordered:
            return np.flatnonzero(self._repeat(folds) < min(folds))
        return np.flatnonzero(~np.isin(self._repeat(folds), folds))

    def table(self) -> pd.DataFrame:
        """Return the columns ``name, fold``, with a row for each photo and repeat."""
        repeats, _ = self.number.shape
        return pd.DataFrame({"name": np.tile(self.names, repeats), "fold": self.number.ravel()})

    def _repeat(self, folds: tuple[int, ...]) -> npt.NDArray[np.intp]:
        row: Rows
        for row in self.number:
            if np.isin(folds, row).all():
                return row
        raise ValueError(f"folds {folds} are not of one repeat")


def split(dataset: Dataset, spec: FoldsSpec, seed: int, least: int = 2) -> Folds:
    """Split the photos into folds by name and seed, whatever the order of their table.

    With a group column, every method keeps the photos of a group in one fold. ``stratified``
    distributes the target's quantiles evenly over the folds. Folds that the photos have stay, in
    the order of their labels; so do blocks of their times, whatever the groups.

    Parameters
    ----------
    least : int
        The fewest folds that will do, of those that the photos have.

    Raises
    ------
    InputError
        There are fewer photos, or groups, than folds; or the folds that the photos have are too
        few, too many, or take a group apart; or their times are too few, or missing.
    """
    if spec.is_timed:
        return Folds(dataset.names, cut_blocks(dataset, spec)[np.newaxis], is_ordered=True)
    if spec.method == "column" and dataset.fold is None:
        raise InputError(
            "folds.method: column is of tables, which name the fold of each photo, and there is "
            "none; give groups, or leave the method out"
        )
    if dataset.fold is not None:
        return _given(dataset, dataset.fold, spec, least)
    units = len(dataset) if dataset.group is None else len(np.unique(dataset.group))
    if units < spec.n:
        what = dataset.noun if dataset.group is None else "group"
        tied = "; near copies count as one" if spec.near_copies == "together" else ""
        raise InputError(
            f"folds.n: {spec.n} folds need as many {what}s, not {count(units, what)}{tied}; "
            "take fewer folds"
        )
    number = np.empty((spec.repeats, len(dataset)), dtype=np.intp)
    strata = _quantiles(dataset, spec.n)
    for repeat in range(spec.repeats):
        splitter = _splitter(spec, dataset.group is not None, seed + repeat)
        parts = splitter.split(dataset.names, strata, dataset.group)
        for fold, (_, held_out) in enumerate(parts):
            number[repeat, held_out] = repeat * spec.n + fold
    return Folds(dataset.names, number, spec.neighbours)


def _given(dataset: Dataset, label: npt.NDArray[np.str_], spec: FoldsSpec, least: int) -> Folds:
    """The folds that the photos have; they are numbered in the order of their labels."""
    labels = sorted(set(label.tolist()), key=_in_order)
    if not least <= len(labels) <= MOST_FOLDS:
        shown = ", ".join(first_ten(labels))
        raise InputError(
            f"folds.column: {spec.column} has {len(labels)} different labels ({shown}); a fold is "
            f"to have one, and {least} to {MOST_FOLDS} folds are needed"
            + (" (2, where nothing is fitted on them: stack: mean)" if least > 2 else "")
        )
    _refuse_torn_groups(dataset, label)
    sizes = [int((label == one).sum()) for one in labels]
    _LOG.info(
        "folds of %s: %s",
        spec.column,
        ", ".join(f"{one} ({size})" for one, size in zip(labels, sizes, strict=True)),
    )
    places = {one: number for number, one in enumerate(labels)}
    number = np.array([[places[one] for one in label.tolist()]], dtype=np.intp)
    return Folds(dataset.names, number, spec.neighbours)


def _in_order(label: str) -> tuple[bool, int, str]:
    """Whole numbers by their value, then the rest as text."""
    number = int(label) if label.isdecimal() else 0
    return not label.isdecimal(), number, label


def _refuse_torn_groups(dataset: Dataset, label: npt.NDArray[np.str_]) -> None:
    if dataset.group is None:
        return
    folds = pd.Series(label).groupby(dataset.group).unique()
    torn = [
        f"{group}: folds {', '.join(sorted(of, key=_in_order))}"
        for group, of in folds.items()
        if len(of) > 1
    ]
    if torn:
        raise InputError(
            "photos of one group are in several folds; give each group one, or leave out "
            "data.columns.group:",
            first_ten(torn),
        )


def _splitter(spec: FoldsSpec, grouped: bool, seed: int) -> Any:
    from sklearn import model_selection

    if spec.method == "stratified":
        kind = model_selection.StratifiedGroupKFold if grouped else model_selection.StratifiedKFold
    else:
        kind = model_selection.GroupKFold if grouped else model_selection.KFold
    return kind(spec.n, shuffle=True, random_state=seed)


def _quantiles(dataset: Dataset, n: int) -> npt.NDArray[np.intp]:
    """Return each photo's stratum, one of at most ten target quantiles of `n` photos or more."""
    bins = max(1, min(10, len(dataset) // (2 * n)))
    ranks = pd.Series(dataset.target).rank(method="average", pct=True).to_numpy()
    strata = np.minimum((ranks * bins).astype(np.intp), bins - 1)
    for stratum in sorted(set(strata), reverse=True):
        members = strata == stratum
        if members.sum() < n and stratum > 0:
            strata[members] = stratum - 1
    return np.unique(strata, return_inverse=True)[1]

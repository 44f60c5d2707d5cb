"""Photos that show the same as others: byte for byte, or nearly so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import first_ten
from backbones.plural import count
from ensemble.digits import format_given
from ensemble.photos.dataset import Dataset
from ensemble.photos.items import Items
from ensemble.photos.links import Links, Rows, components, read_links

_LOG = logging.getLogger("ensemble")

#: Photos of a group that a message names.
_NAMES = 4


@dataclass(frozen=True)
class Copies:
    """Which photos are copies of which; every array has one entry a photo.

    Each photo of a group is a copy of at least one other in it. Of items, only copies of photos of
    others count.
    """

    group: Rows  #: the number of its group, from 0; a photo without copies is a group of its own
    nearest: Rows  #: position of the photo most like it; its own if it has no copies
    distance: Rows  #: bits of 256 in which the two differ; see ``backbones.photos.likeness``
    content: Rows  #: the same number for photos that are the same byte for byte

    @property
    def near(self) -> npt.NDArray[np.bool_]:
        """Which photos are near copies of some that are not the same byte for byte."""
        contents = pd.Series(self.content).groupby(self.group).transform("nunique")
        return contents.to_numpy() > 1

    def groups(self) -> list[Rows]:
        """Return the positions of the photos of each group of two or more, in their order."""
        return sorted(_repeated(self.group), key=lambda rows: int(rows[0]))

    def table(self, photos: Dataset) -> pd.DataFrame:
        """Return ``group, name, target, nearest, distance, same_bytes``, a row a copied photo.

        ``same_bytes`` says whether it is the same as ``nearest`` byte for byte. Where there are
        items, ``item`` follows ``name``.
        """
        groups = self.groups()
        rows = np.concatenate([np.empty(0, dtype=np.intp), *groups])
        nearest = self.nearest[rows]
        named = {"item": photos.of_photo(photos.names)[rows]} if photos.items else {}
        return pd.DataFrame(
            {
                "group": np.repeat(np.arange(1, 1 + len(groups)), [len(one) for one in groups]),
                "name": photos.photo_names[rows],
                **named,
                "target": photos.of_photo(photos.target)[rows],
                "nearest": photos.photo_names[nearest],
                "distance": self.distance[rows],
                "same_bytes": self.content[rows] == self.content[nearest],
            }
        )


def keep_together(
    photos: Dataset, digests: Sequence[str], cache: Path, near_copies: str
) -> tuple[Dataset, Copies | None]:
    """Put copies on one side of every split, near ones as ``folds.near_copies`` says.

    Photos whose folds are given stay in these; those that are copies over folds are logged. Photos
    with times stay in these as well: see ``ensemble.stacking.blocks``.

    Returns the photos with their groups, and what was found; None if nothing was looked for.
    Errors as ``find_copies``.
    """
    together = near_copies == "together"
    copies = find_copies(photos, digests, cache, together) if near_copies != "ignored" else None
    if photos.fold is not None:
        _tell_of_split(photos, digests)
        return photos, copies
    if photos.time is not None:
        return photos, copies
    photos = group_copies(photos, digests)
    return (photos if copies is None or not together else tie(photos, copies.group)), copies


def find_copies(
    photos: Dataset, digests: Sequence[str], cache: Path, together: bool = False
) -> Copies:
    """Compare the photos' hashes, which the cache holds, and log what is found.

    `together` says whether near copies are going to be kept in one fold.

    Raises
    ------
    InputError
        A photo has no hash.
    """
    first, content = contents(digests)
    copies = spread(read_links(cache, [digests[row] for row in first]), first, content)
    if photos.items is not None:
        copies = among_items(copies, photos.items)
    near = int(copies.near.sum())
    if near:
        kept = "they are kept in one fold"
        advice = "folds.near_copies: together would keep them in one fold"
        if photos.fold is not None:
            advice = "those of one group belong in one fold"
        if photos.time is not None:
            advice = "each stays in the block of its time"
        _LOG.log(
            logging.INFO if together else logging.WARNING,
            "%s near copies of others: near_copies.csv in the run lists them; %s",
            count(near, "photo", "is"),
            kept if together else advice,
        )
    contradictions = _contradictions(photos, copies)
    if contradictions:
        title = "copies, or near copies, with different targets; see which is right:"
        _LOG.warning("%s", "\n  - ".join([title, *first_ten(contradictions)]))
    return copies


def contents(digests: Sequence[str]) -> tuple[Rows, Rows]:
    """The first photo of each content, ordered by digest, and the content of each photo."""
    _, first, content = np.unique(digests, return_index=True, return_inverse=True)
    return first, content


def spread(links: Links, first: Rows, content: Rows) -> Copies:
    """Give each photo what was found of its content; the same bytes are copies, too.

    `first` and `content` are as ``contents`` gives them.
    """
    group, nearest, distance = links
    found = Copies(group[content], first[nearest][content], distance[content], content)
    for rows in _repeated(content):
        found.nearest[rows] = np.roll(rows, -1)
        found.distance[rows] = 0
    return found


def among_items(copies: Copies, items: Items) -> Copies:
    """Leave out groups of photos of one item: these have one fold anyway."""
    alone = pd.Series(items.item).groupby(copies.group).transform("nunique").to_numpy() == 1
    own = np.arange(len(alone))
    group = np.unique(np.where(alone, len(alone) + own, copies.group), return_inverse=True)[1]
    nearest, distance = np.where(alone, own, copies.nearest), np.where(alone, 0, copies.distance)
    return Copies(group, nearest, distance, copies.content)


def group_copies(photos: Dataset, digests: Sequence[str]) -> Dataset:
    """Photos that are byte for byte the same stay on one side of every split, with their groups.

    So do the items that they are of.
    """
    shown = {*zip(digests, photos.of_photo(np.arange(len(photos))).tolist(), strict=True)}
    copies = (len(digests) if photos.items is None else len(shown)) - len(set(digests))
    if not copies:
        return photos
    _LOG.warning("%s byte for byte as another: kept in one fold", count(copies, "photo", "is"))
    return tie(photos, np.asarray(digests))


def _tell_of_split(photos: Dataset, digests: Sequence[str]) -> None:
    """Warn of photos that are the same byte for byte and have different folds."""
    fold = photos.of_photo(np.asarray(photos.fold))
    table = pd.DataFrame({"name": photos.photo_names, "fold": fold, "digest": digests})
    apart = table[table.groupby("digest")["fold"].transform("nunique") > 1]
    if apart.empty:
        return
    groups = [
        ", ".join(f"{name} in {fold}" for name, fold in zip(one["name"], one["fold"], strict=True))
        for _, one in apart.groupby("digest", sort=False)
    ]
    title = (
        f"{count(len(apart), 'photo', 'is')} the same, byte for byte, as others in other folds: "
        "scores are better than they will be on new photos; give copies one fold:"
    )
    _LOG.warning("%s", "\n  - ".join([title, *first_ten(groups)]))


def tie(photos: Dataset, label: npt.NDArray[np.str_] | Rows) -> Dataset:
    """Photos of one label (n,) stay on one side of every split, with their groups and items."""
    if photos.items is not None:
        return _tie_items(photos, label)
    if photos.group is None:
        return replace(photos, group=label.astype(str))
    group, other = (np.unique(one, return_inverse=True)[1] for one in (photos.group, label))
    tied = components(len(photos) * 2, group, len(photos) + other)
    return replace(photos, group=tied[group].astype(str))


def _tie_items(photos: Dataset, label: npt.NDArray[np.str_] | Rows) -> Dataset:
    own = np.arange(len(photos)) if photos.group is None else photos.group
    group = np.unique(own, return_inverse=True)[1]
    shown = np.unique(label, return_inverse=True)[1]
    tied = components(len(photos) + len(shown), photos.of_photo(group), len(photos) + shown)
    return replace(photos, group=tied[group].astype(str))


def _repeated(labels: Rows) -> list[Rows]:
    """Return the positions of each label that occurs more than once."""
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    return [part for part in parts if len(part) > 1]


def _contradictions(photos: Dataset, copies: Copies) -> list[str]:
    """Describe the groups whose targets differ, those of the widest range first."""
    target, is_whole = photos.of_photo(photos.target), photos.of_photo(photos.is_whole)
    ranges = {
        tuple(rows): float(np.ptp(target[rows]))
        for rows in copies.groups()
        if np.ptp(target[rows]) and is_whole[rows].all()
    }
    return [
        _describe(photos, copies, np.array(rows))
        for rows in sorted(ranges, key=lambda rows: -ranges[rows])
    ]


def _describe(photos: Dataset, copies: Copies, rows: Rows) -> str:
    names, target = photos.photo_names, photos.of_photo(photos.target)
    shown = [f"{names[row]} {format_given(target[row])}" for row in rows[:_NAMES]]
    more = [f"and {len(rows) - _NAMES} more"] if len(rows) > _NAMES else []
    same = len(set(copies.content[rows])) == 1
    return f"{', '.join([*shown, *more])}{' (byte for byte the same)' if same else ''}"

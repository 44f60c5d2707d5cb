"""What each table of the photos is: labels, places, photos to predict, a sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backbones.errors import InputError
from backbones.plural import count
from ensemble.proposal.folder.columns import numeric_columns
from ensemble.proposal.folder.corners import extents_of
from ensemble.proposal.folder.search import Asked, Named

#: Words in the names of tables that are not learned from where another one is.
_HELD_OUT = frozenset({"val", "valid", "validation", "dev"})


@dataclass(frozen=True)
class Tables:
    """The tables that were found, by what they are."""

    labels: Named | None  #: None where only places say how many objects there are
    places: tuple[Named, ...] = ()
    test: Named | None = None
    sample: Named | None = None
    unused: tuple[str, ...] = ()  #: lines: a table of these photos, and why it is not used


def sort_tables(named: Sequence[Named], asked: Asked) -> Tables:
    """Tell the tables apart.

    Raises
    ------
    InputError
        Several may be the one to learn from.
    """
    places: list[Named] = []
    plain: list[Named] = []
    unused: list[str] = []
    for one in named:
        is_labels = asked.table is not None and one.path == asked.table
        repeated = not one.naming.is_unique
        if one.corners and not is_labels and (repeated or len(named) > 1):
            places.append(one)
        elif repeated and not is_labels:
            unused.append(f"{one.path}: {_of_several_rows(one)}")
        else:
            plain.append(one)
    sample = _first(plain, lambda one: bool({"submission", "sample"} & one.words))
    rest = [one for one in plain if one is not sample]
    numbered = [one for one in rest if numeric_columns(one.sheet, one.naming.column)]
    test = _first(rest, lambda one: "test" in one.words) if len(rest) > 1 else None
    if test is None:
        test = _first(rest, lambda one: one not in numbered) if numbered else None
    labels, left = _labels([one for one in rest if one is not test], asked)
    unused += [
        f"{one.path}: held out; to learn from it too, put its rows into {labels.path}"
        for one in left
        if labels
    ]
    return Tables(labels, tuple(places), test, sample, tuple(unused))


def _of_several_rows(table: Named) -> str:
    """What a table is that has rows of objects, as it seems, but not where they are."""
    extents = extents_of(table.sheet)
    way_on = (
        f"; add {extents[0]!r} to x and {extents[1]!r} to y in columns xmax and ymax, and call x "
        "and y xmin and ymin"
        if extents
        else ""
    )
    return (
        f"a photo has several rows, by {table.naming.column!r}, and no columns say where objects "
        f"are (xmin, ymin, xmax, ymax, or x, y){way_on}"
    )


def _labels(candidates: Sequence[Named], asked: Asked) -> tuple[Named | None, list[Named]]:
    """The table to learn from, and others that might have been.

    Raises
    ------
    InputError
        Several may be.
    """
    chosen = [one for one in candidates if asked.table is not None and one.path == asked.table]
    kept = chosen or [one for one in candidates if not _HELD_OUT & one.words] or list(candidates)
    if asked.target is not None and len(kept) > 1:
        kept = [one for one in kept if asked.target in one.sheet.columns] or kept
    called = [one for one in kept if {"train", "training"} & one.words]
    kept = called if len(called) == 1 else kept
    if len(kept) > 1:
        raise InputError(
            "several tables have a row a photo; say with --table FILE which one to learn from:",
            [
                f"{one.path}: {count(len(one.sheet.rows), 'row')}, columns "
                + ", ".join(map(repr, one.sheet.columns[:8]))
                for one in kept
            ],
        )
    labels = kept[0] if kept else None
    return labels, [one for one in candidates if one is not labels]


def _first(tables: Sequence[Named], wanted: Callable[[Named], bool]) -> Named | None:
    return next((one for one in tables if wanted(one)), None)

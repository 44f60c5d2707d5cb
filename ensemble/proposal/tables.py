"""The tables in and beside a folder of photos, and what each of them is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from backbones.errors import InputError
from ensemble.photos.foreign import is_ours
from ensemble.proposal.album import Album, Naming
from ensemble.proposal.columns import Corners, corners_of, numeric_columns
from ensemble.proposal.sheet import Sheet, read_sheet
from ensemble.storage.outputs import Outputs

#: Suffixes of tables that are read, and of others that are only told of.
READ = (".csv", ".tsv", ".tab", ".txt", ".dat")
NOT_READ = (".xlsx", ".xls", ".ods", ".parquet", ".feather", ".json", ".xml", ".mat", ".pkl")

#: Words in the names of tables that are not learned from where another one is.
_HELD_OUT = frozenset({"val", "valid", "validation", "dev"})


@dataclass(frozen=True)
class Named:
    """A table whose rows are of photos."""

    sheet: Sheet
    naming: Naming
    corners: Corners | None
    has_header: bool = True

    @property
    def path(self) -> Path:
        return self.sheet.path

    @property
    def words(self) -> set[str]:
        """The words of the file's name, in lower case."""
        return set(re.split(r"[\W_\d]+", self.path.stem.casefold()))


@dataclass(frozen=True)
class Tables:
    """The tables that were found, by what they are."""

    labels: Named | None  #: None where only places say how many objects there are
    places: tuple[Named, ...] = ()
    test: Named | None = None
    sample: Named | None = None
    unused: tuple[str, ...] = ()  #: lines: a table of these photos, and why it is not used
    others: tuple[str, ...] = ()  #: lines: a table of something else, and what it holds


@dataclass(frozen=True)
class Asked:
    """What the user says of the tables."""

    table: Path | None = None
    names: str | None = None
    target: str | None = None
    group: str | None = None


def find_tables(album: Album, asked: Asked, ours: Outputs) -> Tables:
    """The tables of photos in a folder, one folder below, or else beside it.

    Raises
    ------
    InputError
        The table asked for is none of these photos; or several may be the one to learn from.
    """
    others: list[str] = []
    named: list[Named] = []
    if asked.table is not None:
        named.append(_of_photos(asked.table, album, asked.names))
    for files in _places(album.folder):
        for file in files:
            if asked.table is not None and _same(file, asked.table):
                continue
            if file.suffix.lower() in NOT_READ:
                others.append(f"{file}: only text is read; save it as CSV in UTF-8")
            elif not (is_ours(file.parent) or ours.wrote(file)):
                try:
                    named.append(_of_photos(file, album, asked.names))
                except InputError as error:
                    others.append(str(error))
        if named:
            break
    return replace(_sorted(named, asked), others=tuple(others))


def _places(folder: Path) -> list[list[Path]]:
    """Tables in the folder and one below it; then those beside it."""
    here = folder.resolve()
    below = [one for one in sorted(folder.iterdir()) if one.is_dir() and one.name[:1] != "."]
    inside = [file for place in (folder, *below) for file in _tables(place)]
    above = folder / ".." if folder.name in ("", "..") else folder.parent
    return [inside, [] if here.parent == here else _tables(above)]


def _tables(folder: Path) -> list[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError:  # a folder that nobody asked for
        return []
    return [
        one
        for one in files
        if one.suffix.lower() in READ + NOT_READ and one.name[:1] != "." and one.is_file()
    ]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _of_photos(path: Path, album: Album, names: str | None) -> Named:
    """Read a table, and find its column of names.

    Raises
    ------
    InputError
        It cannot be read, or no column, or not the one asked for, names photos of the album.
    """
    sheet, has_header = read_sheet(path), True
    if any(map(album.names_photo, sheet.columns)):
        sheet, has_header = _with_header(sheet), False
    namings = album.namings(sheet)
    if names is not None and names in sheet.columns:
        namings = [one for one in namings if one.column == names]
    if not namings:
        which = f"the column {names!r} does not" if names in sheet.columns else "no column does"
        first = {column: sheet.rows[column].iloc[0] for column in sheet.columns[:8]}
        shown = ", ".join(f"{column}: {value[:40]!r}" for column, value in first.items())
        raise InputError(
            f"{path}: half of a column's values have to be names of photos in {album.folder}, and "
            f"{which} hold such; its first row has {shown}"
        )
    best = namings[0]
    equals = [one.column for one in namings if _rank(one) == _rank(best)]
    others = [one for one in namings[1:] if one.column in equals]
    if any(dict(one.photos) != dict(best.photos) and one.has_suffixes for one in others):
        raise InputError(
            f"{path}: photos are named in {' and in '.join(map(repr, equals))}; say which with "
            "--names COLUMN"
        )
    return Named(sheet, best, corners_of(sheet, best.column), has_header)


def _rank(naming: Naming) -> tuple[bool, bool]:
    return naming.has_suffixes, naming.is_unique


def _with_header(sheet: Sheet) -> Sheet:
    """A table whose first row is one as the others, under a header of our own."""
    columns = [f"column_{number}" for number in range(1, len(sheet.columns) + 1)]
    first = pd.DataFrame([sheet.columns], columns=columns, index=[1], dtype=object)
    return replace(sheet, rows=pd.concat([first, sheet.rows.set_axis(columns, axis=1)]))


def _sorted(named: Sequence[Named], asked: Asked) -> Tables:
    """Tell the tables apart."""
    places: list[Named] = []
    plain: list[Named] = []
    unused: list[str] = []
    for one in named:
        is_labels = asked.table is not None and one.path == asked.table
        repeated = not one.naming.is_unique
        if one.corners and not is_labels and (repeated or len(named) > 1):
            places.append(one)
        elif repeated and not is_labels:
            unused.append(
                f"{one.path}: a photo has several rows, by {one.naming.column!r}, and no columns "
                "say where objects are (xmin, ymin, xmax, ymax, or x, y)"
            )
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
        f"{one.path}: another than {labels.path} has rows to learn from" for one in left if labels
    ]
    return Tables(labels, tuple(places), test, sample, tuple(unused))


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
                f"{one.path}: {len(one.sheet.rows)} rows, columns "
                + ", ".join(map(repr, one.sheet.columns[:8]))
                for one in kept
            ],
        )
    labels = kept[0] if kept else None
    return labels, [one for one in candidates if one is not labels]


def _first(tables: Sequence[Named], wanted: Callable[[Named], bool]) -> Named | None:
    return next((one for one in tables if wanted(one)), None)

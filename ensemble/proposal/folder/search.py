"""The tables in and beside a folder of photos, whose rows are of these photos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from backbones.errors import InputError
from ensemble.photos.foreign import is_ours
from ensemble.proposal.folder.album import Album, Naming
from ensemble.proposal.folder.corners import Corners, corners_of
from ensemble.proposal.folder.sheet import Sheet, read_sheet
from ensemble.storage.outputs import Outputs

#: Suffixes of files that are nothing but tables; of texts that may be; and of tables of others.
_TABLES = (".csv", ".tsv", ".tab")
_TEXTS = (".txt", ".dat")
_NOT_READ = (".xlsx", ".xls", ".ods", ".parquet", ".feather", ".json", ".xml", ".mat")


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
class Asked:
    """What the user says of the tables."""

    table: Path | None = None
    names: str | None = None
    target: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Search:
    """What was found in some folders."""

    named: tuple[Named, ...] = ()  #: tables of the photos
    broken: tuple[str, ...] = ()  #: lines: tables that cannot be read, and why
    others: tuple[str, ...] = ()  #: lines: other files that may be tables, and why they are not

    def __add__(self, other: Search) -> Search:
        return Search(
            self.named + other.named, self.broken + other.broken, self.others + other.others
        )


def search_inside(album: Album, asked: Asked, ours: Outputs) -> Search:
    """The tables in a folder and one folder below, and the one asked for.

    Raises
    ------
    InputError
        The table asked for cannot be read, or is not of these photos.
    """
    folder = album.folder
    found = Search()
    if asked.table is not None:
        sheet = read_sheet(asked.table)
        named = _of_photos(sheet, album, asked.names)
        if named is None:
            raise InputError(f"{asked.table}: {_unlike(sheet, album, asked.names)}")
        found = Search((named,))
    below = [one for one in sorted(folder.iterdir()) if one.is_dir() and one.name[:1] != "."]
    files = [file for place in (folder, *below) for file in _files(place)]
    return found + _search(files, album, asked, ours)


def search_beside(album: Album, asked: Asked, ours: Outputs) -> Search:
    """The tables in the folder that holds the album's."""
    folder = album.folder
    above = folder / ".." if folder.name in ("", "..") else folder.parent
    return _search(_files(above), album, asked, ours)


def _search(files: Sequence[Path], album: Album, asked: Asked, ours: Outputs) -> Search:
    found = Search()
    for file in files:
        given = asked.table is not None and file.samefile(asked.table)
        if not (given or is_ours(file.parent) or ours.wrote(file)):
            found += _look(file, album, asked)
    return found


def _look(file: Path, album: Album, asked: Asked) -> Search:
    if file.suffix.lower() in _NOT_READ:
        return Search(others=(f"{file}: only text is read; save it as CSV in UTF-8",))
    try:
        sheet = read_sheet(file)
    except InputError as error:
        line = " ".join(str(error).split())
        line = line if len(line) <= 300 else f"{line[:300]}..."
        is_table = file.suffix.lower() in _TABLES
        return Search(broken=(line,)) if is_table else Search(others=(line,))
    try:
        named = _of_photos(sheet, album, asked.names)
    except InputError as error:
        if asked.table is None:
            raise
        return Search(others=(str(error),))  # another one is learned from
    if named is None:
        return Search(others=(f"{file}: {_unlike(sheet, album, asked.names)}",))
    return Search((named,))


def _files(folder: Path) -> list[Path]:
    suffixes = _TABLES + _TEXTS + _NOT_READ
    try:
        return [
            one
            for one in sorted(folder.iterdir())
            if one.suffix.lower() in suffixes and one.name[:1] != "." and one.is_file()
        ]
    except OSError:  # a folder that nobody asked for
        return []


def _of_photos(sheet: Sheet, album: Album, names: str | None) -> Named | None:
    """The table with its column of names; None where it has none.

    Raises
    ------
    InputError
        Several columns name photos, and others in a row.
    """
    has_header = not any(map(album.names_photo, sheet.columns))
    sheet = sheet if has_header else _with_header(sheet)
    namings = album.namings(sheet)
    if names is not None and names in sheet.columns:
        namings = [one for one in namings if one.column == names]
    if not namings:
        return None
    best = namings[0]
    alike = [one for one in namings if one.has_suffixes and one.is_unique == best.is_unique]
    equals = [] if names else alike
    if any(dict(one.photos) != dict(best.photos) for one in equals):
        raise InputError(
            f"{sheet.path}: photos are named in "
            f"{' and in '.join(repr(one.column) for one in equals)}; say which with --names COLUMN"
        )
    return Named(sheet, best, corners_of(sheet, best.column), has_header)


def _unlike(sheet: Sheet, album: Album, names: str | None) -> str:
    """Why a table is not one of these photos."""
    first = {column: sheet.rows[column].iloc[0] for column in sheet.columns[:6]}
    row = ", ".join(f"{column}: {value[:40]!r}" for column, value in first.items())
    which = f"the column {names!r} does not name" if names in sheet.columns else "no column names"
    return (
        f"{which} photos that are in {album.folder}, as {album.listing.names[0]!r}; its first "
        f"row has {row}"
    )


def _with_header(sheet: Sheet) -> Sheet:
    """A table whose first row is one as the others, under a header of our own."""
    columns = [f"column_{number}" for number in range(1, len(sheet.columns) + 1)]
    first = pd.DataFrame([sheet.columns], columns=columns, index=[1], dtype=object)
    return replace(sheet, rows=pd.concat([first, sheet.rows.set_axis(columns, axis=1)]))

"""Which column of a table is the target, and which one says what belongs together."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from backbones.errors import InputError, first_ten
from backbones.plural import part
from ensemble.photos import numbers
from ensemble.photos.spelling import plain, trim
from ensemble.photos.table import has_column, read_table
from ensemble.proposal.findings import shown
from ensemble.proposal.folder.sheet import Numbers, Sheet

#: Names that say outright that a column is the target, as words in it.
_TARGETS = frozenset({"target", "label", "labels", "y", "gt", "groundtruth", "truth"})

#: Columns of numbers that are seldom the target: numbers of rows, and bookkeeping.
_OTHERS = frozenset(
    {"index", "id", "idx", "nr", "no", "number", "row", "unnamed", "fold", "split", "weight"}
)

#: The size of the photo, where there are both.
_SIZES = (frozenset({"width", "w"}), frozenset({"height", "h"}))

#: Words for what several photos may be of.
_GROUPS = frozenset(
    {"group", "groups", "patient", "subject", "person", "individual", "participant", "house"}
    | {"scene", "site", "plot", "session", "sequence", "video", "clip", "camera", "plate", "slide"}
    | {"specimen", "animal", "field", "location", "series", "tree", "plant", "cluster", "burst"}
)

#: Groups below which a column is rather a property of photos than what they are of.
_FEWEST_GROUPS = 10


class Choice(NamedTuple):
    """A column that was chosen, and why."""

    column: str
    reason: str


def choose_target(
    sheet: Sheet, names: str, hints: Sequence[Collection[str]], asked: str | None
) -> Choice:
    """The column of the target: the one asked for, or the only one that it can be.

    Parameters
    ----------
    hints : sequence of collections of str
        Columns that other tables say are the target, the surest first.

    Raises
    ------
    InputError
        There is no such column; no column holds numbers, or several may be the target: they are
        named.
    """
    if asked is not None:
        if not has_column(sheet.rows, asked, sheet.path):
            read_table(sheet.path, [asked], sheet.form())  # says which there are
        return Choice(asked, "as asked for")
    known = numeric_columns(sheet, names)
    if not known:
        rest = [column for column in sheet.columns if column != names]
        raise InputError(
            f"{sheet.path}: no column beside {names!r} holds numbers, and one must, the target:",
            first_ten([f"{column!r}: {_refused(sheet, column)}" for column in rest] or ["none"]),
        )
    sizes = _sizes(known)
    likely = {
        column: one for column, one in known.items() if column not in sizes and not _is_odd(column)
    } or known
    for hint in hints:
        named = [column for column in known if column in hint]
        if len(named) == 1:
            return Choice(named[0], "the other tables say so")
    called = [column for column in likely if _TARGETS & set(_words(column))]
    if len(likely) > 1 and len(called) == 1:
        return Choice(called[0], "by its name")
    if len(likely) == 1:
        (column,) = likely
        others = ", ".join(repr(one) for one in known if one != column)
        beside = f" beside {others}" if others else ""
        return Choice(column, f"the only column of numbers{beside}")
    raise InputError(
        f"{sheet.path}: the target may be any of {len(likely)} columns of numbers; name one with "
        "--target COLUMN:",
        [f"{column!r}: {describe(one)}" for column, one in likely.items()],
    )


def numeric_columns(sheet: Sheet, names: str) -> dict[str, Numbers]:
    """The columns of numbers that differ; those of numbers alone, if there are such."""
    read = {column: sheet.numbers(column) for column in sheet.columns if column != names}
    found = {
        column: one
        for column, one in read.items()
        if one is not None and one.count and column.strip()
    }
    complete = {column: one for column, one in found.items() if one.are_complete}
    chosen = complete or found
    varied = {c: one for c, one in chosen.items() if len(np.unique(one.values)) > 1}
    return varied or chosen


def choose_group(sheet: Sheet, names: str, target: str, asked: str | None) -> Choice | None:
    """A column of what several photos are of, so that they must not be torn apart.

    Raises
    ------
    InputError
        There is no column of the name asked for.
    """
    if asked is not None:
        if not has_column(sheet.rows, asked, sheet.path):
            read_table(sheet.path, [asked], sheet.form())
        return Choice(asked, "as asked for")
    fit = [one for one in sheet.columns if one not in (names, target) and _may_group(sheet, one)]
    called = [column for column in fit if _GROUPS & set(_words(column))]
    if called:
        finest = max(called, key=lambda column: sheet.rows[column].nunique())
        return Choice(finest, "by its name")
    groups = [one for one in fit if _share_target(sheet, one, target)]
    if groups:
        finest = max(groups, key=lambda column: sheet.rows[column].nunique())
        return Choice(finest, f"all photos of one {finest} have the same {target}")
    return None


def describe(read: Numbers) -> str:
    """As ``whole numbers from 1 to 77``."""
    values = read.values[np.isfinite(read.values)]
    kind = "whole numbers" if read.are_whole else "numbers"
    rest = len(read.values) - len(values)
    others = f", {part(rest, len(read.values), 'cell', 'is')} none" if rest else ""
    return f"{kind} from {shown(values.min())} to {shown(values.max())}{others}"


def _is_odd(column: str) -> bool:
    """Whether a column is rather of numbers of the rows."""
    words = set(_words(column))
    return bool(words & _OTHERS) and words <= _OTHERS | {"image", "img", "photo"}


def _sizes(columns: Collection[str]) -> list[str]:
    """The columns of the photo's width and height, where both are there."""
    photo = {"image", "img", "photo", "px", "pixels"}
    found = [
        [one for one in columns if (words := set(_words(one))) & side and words <= side | photo]
        for side in _SIZES
    ]
    return [one for side in found for one in side] if all(found) else []


def _may_group(sheet: Sheet, column: str) -> bool:
    labels = sheet.rows[column]
    distinct = labels.nunique()
    return bool(
        column.strip()
        and _FEWEST_GROUPS <= distinct <= len(labels) / 1.5
        and not labels.map(lambda text: text == "" or trim(text) != text).any()
        and not labels.map(lambda text: re.fullmatch(r"-?\d*[.,]\d+", text) is not None).any()
        and labels.map(plain).nunique() == distinct
    )


def _share_target(sheet: Sheet, column: str, target: str) -> bool:
    """Whether the photos of each group have one target, and other groups have others."""
    by_group = sheet.rows.groupby(column)[target]
    return bool((by_group.nunique() == 1).all() and (by_group.size() > 1).mean() > 0.5)


def _words(column: str) -> list[str]:
    """The words of a column's name, in lower case: of ``HeadCount``, head and count."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain(column))
    return [word for word in re.split(r"[^\w]|_|\d", parted.casefold()) if word]


def _refused(sheet: Sheet, column: str) -> str:
    """What a column holds in place of numbers, and the way on where that is known."""
    texts = sheet.rows[column].tolist()
    return f"{texts[0]!r}, ...{numbers.hint(texts, '.')}"

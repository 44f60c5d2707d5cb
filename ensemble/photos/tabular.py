"""Columns beside the photos, as numbers that heads learn from."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError
from backbones.key import key
from backbones.plural import count, part
from ensemble.config.features import Declared
from ensemble.digits import format_given
from ensemble.heads import Kind
from ensemble.photos import numbers, table
from ensemble.photos.cells import Cells
from ensemble.photos.names import read_labels

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: Trees compute in single precision, and all square what they standardise.
_LARGEST = 1e38

#: Labels that a line names.
_NAMED = 5


@dataclass(frozen=True)
class Column:
    """What a column holds, once a table was read.

    >>> zipcode = Column("zipcode", "category", ("91901", "92276"))
    >>> zipcode.encode(["92276", "", "none", "92276.0"]).tolist()
    [1.0, nan, 2.0, 1.0]
    """

    name: str
    kind: Kind
    categories: tuple[str, ...] = ()  #: of the photos to learn from, in order; of numbers none

    def text(self, value: float) -> str:
        """What a known cell of this value says; nothing of one that is empty."""
        if np.isnan(value):
            return ""
        return format_given(value) if self.kind == "number" else self.categories[int(value)]

    def encode(self, labels: Sequence[str], decimal: str = ".") -> Numbers:
        """The position of each label, float64 (n,): one beyond if it is unknown, NaN if empty.

        One that is written otherwise is known by the number that it is, if it is one.
        """
        position = {label: float(number) for number, label in enumerate(self.categories)}
        same = Counter(numbers.exact(label, decimal) for label in self.categories)
        by_number = {
            one: position[label]
            for label in self.categories
            if same[one := numbers.exact(label, decimal)] == 1
        }
        position[""] = np.nan
        found = [
            position[label] if label in position else by_number.get(numbers.exact(label, decimal))
            for label in labels
        ]
        unknown = float(len(self.categories))
        return np.array([unknown if one is None else one for one in found], dtype=np.float64)


@dataclass(frozen=True)
class Tabular:
    """Columns of photos: float64 (n, k), as ``ensemble.heads.encoder`` takes them."""

    columns: tuple[Column, ...]
    values: Numbers

    def take(self, rows: npt.NDArray[np.intp]) -> Tabular:
        """The rows of the photos at these positions."""
        return replace(self, values=self.values[rows])

    def texts(self) -> dict[str, npt.NDArray[np.str_]]:
        """What each cell says, by the name of its column; nothing where it is empty."""
        return {
            column.name: np.array([column.text(one) for one in self.values[:, number].tolist()])
            for number, column in enumerate(self.columns)
        }

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Of each column."""
        return tuple(column.kind for column in self.columns)

    @property
    def key(self) -> str:
        """SHA-256 (hex) of kinds, categories and values, whatever the columns are called."""
        described = [[one.kind, *one.categories] for one in self.columns]
        return key([described, self.values.shape, self.values.tobytes().hex()])


def read_columns(cells: Cells, declared: Mapping[str, Declared]) -> Tabular:
    """The columns of the photos to learn from; what each is taken for is logged.

    Raises
    ------
    InputError
        Cells that are no numbers in a column of numbers, labels that read the same but are written
        in different letters, or a column without any cell.
    """
    found = [_read_column(cells, name, kind) for name, kind in declared.items()]
    columns = tuple(column for column, _ in found)
    _LOG.info("columns: %s", "; ".join(_describe(*one) for one in found))
    return Tabular(columns, np.column_stack([values for _, values in found]))


def encode_columns(cells: Cells, columns: Sequence[Column], quietly: bool = False) -> Numbers:
    """The columns of new photos, float64 (n, k).

    Labels that the fit did not know are logged, unless it is `quietly`.

    Raises
    ------
    InputError
        As ``read_columns``; a column may be empty.
    """
    parts = []
    for column in columns:
        if column.kind == "number":
            parts.append(_read_numbers(cells, column.name))
            continue
        labels = _read_labels(cells, column.name)
        positions = column.encode(labels, cells.form.decimal)
        if not quietly:
            _tell_of_unknown(labels, positions == len(column.categories), column.name)
        parts.append(positions)
    return np.column_stack(parts)


def missing_columns(names: Sequence[str], seen: str) -> str:
    """What to do where photos are to be predicted without the columns that heads take."""
    return (
        f"heads of this run take columns beside the photos ({', '.join(names)}), and {seen}: give "
        "a table with the names and these columns, as submit --test CSV; in Python, "
        "predict(photos, columns=...)"
    )


def _read_column(cells: Cells, name: str, declared: Declared) -> tuple[Column, Numbers]:
    filled = _filled(cells, name)
    if not len(filled):
        raise InputError(
            f"{cells.source}: {name} is empty in every row; leave it out of data.columns.features"
        )
    kind = _infer(cells, name, filled) if declared == "auto" else declared
    if kind == "number":
        return Column(name, kind), _read_numbers(cells, name)
    labels = _read_labels(cells, name)
    column = Column(name, kind, _ordered(set(labels) - {""}, cells.form.decimal))
    return column, column.encode(labels, cells.form.decimal)


def _infer(cells: Cells, name: str, filled: pd.Series) -> Kind:
    wrong = ~np.isfinite(numbers.parse(filled.tolist(), cells.form.decimal))
    if not wrong.any():
        return "number"
    if 2 * np.count_nonzero(wrong) < len(wrong):
        first = filled[wrong]
        _LOG.warning(
            "%s: %s is taken for categories, as %s no number (line %s: %r); declare what it is, as "
            "data.columns.features: {%s: number}, and empty cells that say nothing",
            cells.source,
            name,
            part(int(wrong.sum()), len(wrong), "cell", "is"),
            first.index[0],
            first.iloc[0],
            name,
        )
    return "category"


def _filled(cells: Cells, name: str) -> pd.Series:
    return cells.texts[name][_is_filled(cells, name)]


def _is_filled(cells: Cells, name: str) -> npt.NDArray[np.bool_]:
    return np.array([text.strip() != "" for text in cells.texts[name].tolist()], dtype=bool)


def _read_numbers(cells: Cells, name: str) -> Numbers:
    """float64 (n,); NaN where a cell is empty."""
    filled = _filled(cells, name)
    values = np.full(len(cells), np.nan)
    parsed = table.parse_amounts(filled.to_frame(), name, cells.source, cells.form)
    title = f"{cells.source}: {name} must lie between -{_LARGEST:g} and {_LARGEST:g}"
    table.refuse_lines(np.abs(parsed) > _LARGEST, filled, title)
    values[_is_filled(cells, name)] = parsed
    return values


def _read_labels(cells: Cells, name: str) -> list[str]:
    filled = _filled(cells, name)
    read_labels(filled.to_frame(), name, cells.source, cells.form.decimal)
    return [text if text.strip() else "" for text in cells.texts[name].tolist()]


def _ordered(labels: set[str], decimal: str) -> tuple[str, ...]:
    """Labels that are numbers by their size, as trees split them in this order; others as text."""
    texts = sorted(labels)
    sizes = numbers.parse(texts, decimal)
    if not np.isfinite(sizes).all():
        return tuple(texts)
    return tuple(texts[number] for number in np.argsort(sizes, kind="stable"))


def _describe(column: Column, values: Numbers) -> str:
    """As ``zipcode: category, 41 labels, 3 of 402 cells empty``."""
    known = values[~np.isnan(values)]
    if column.kind == "number":
        told = f"number, {format_given(known.min())} to {format_given(known.max())}"
    else:
        told = f"category, {count(len(column.categories), 'label')}"
        if len(known) > _NAMED and 2 * len(column.categories) > len(known):
            told += ", most of a single row"
    empty = len(values) - len(known)
    return f"{column.name}: {told}{f', {empty:,} empty' if empty else ''}"


def _tell_of_unknown(labels: Sequence[str], unknown: npt.NDArray[np.bool_], name: str) -> None:
    if not unknown.any():
        return
    told = list(dict.fromkeys(labels[row] for row in np.flatnonzero(unknown).tolist()))
    _LOG.warning(
        "%s: no row of the fit has these labels, which count as unknown, of %s: %s%s",
        name,
        part(int(unknown.sum()), len(labels), "row"),
        ", ".join(map(repr, told[:_NAMED])),
        ", ..." if len(told) > _NAMED else "",
    )

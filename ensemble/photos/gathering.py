"""Rows of a table, each a photo, become items of several photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from ensemble.config.columns import Columns
from ensemble.digits import format_given
from ensemble.photos.items import Items, Rows, Strings
from ensemble.photos.names import is_writable, read_labels
from ensemble.photos.table import refuse_lines

#: Rows of an item that a message names.
_ROWS = 4


@dataclass(frozen=True)
class ItemLabels:
    """What the rows of a table say of items; every array has one entry a row."""

    path: Path
    column: str  #: that names the item
    lines: Rows  #: of the file
    item: Strings
    view: Strings | None


def read_item_labels(
    rows: pd.DataFrame, columns: Columns, path: Path, decimal: str = "."
) -> ItemLabels:
    """The items and views of a table.

    Raises
    ------
    InputError
        As ``read_labels`` of either column, or an item's name holds what no table keeps.
    """
    column = str(columns.item)
    item = read_labels(rows, column, path, decimal)
    unfit = np.array([not is_writable(name) for name in item.tolist()], dtype=bool)
    title = f"{path}: {column} holds control characters, which no table keeps"
    refuse_lines(unfit, rows[column], title, quoted=True)
    view = None if columns.view is None else read_labels(rows, columns.view, path, decimal)
    return ItemLabels(path, column, rows.index.to_numpy(dtype=np.intp), item, view)


def gather(
    labels: ItemLabels,
    photos: Strings,
    agreeing: Mapping[str, npt.NDArray[Any]],
    in_order: bool = False,
) -> tuple[Rows, Rows, Items]:
    """The rows of a table by item.

    Parameters
    ----------
    photos : str (rows,)
        Their names.
    agreeing : mapping
        What rows of one item must have in common: column -> values (rows,).
    in_order : bool
        Whether items keep the order of the table, or are ordered by their names.

    Returns
    -------
    items : intp (items,)
        A row of each item.
    rows : intp (rows,)
        All rows, those of an item next to each other, by view and name.
    items : Items
        These rows by item.

    Raises
    ------
    InputError
        Rows of one item differ in what they must agree in: all of these.
    """
    _refuse_differing(labels, agreeing)
    _, first, item = np.unique(labels.item, return_index=True, return_inverse=True)
    if in_order:
        place = np.argsort(np.argsort(first))
        first, item = np.sort(first), place[item]
    view = labels.view
    rows = np.lexsort((photos, item) if view is None else (photos, view, item))
    return first, rows, Items(photos[rows], item[rows], None if view is None else view[rows])


def _refuse_differing(labels: ItemLabels, agreeing: Mapping[str, npt.NDArray[Any]]) -> None:
    mistakes = []
    for column, values in agreeing.items():
        table = pd.DataFrame({"item": labels.item, "value": values, "line": labels.lines})
        differing = table[table.groupby("item")["value"].transform("nunique") > 1]
        for item, rows in differing.groupby("item", sort=False):
            once = rows.drop_duplicates("value")
            told = list(map(_describe, once["value"], once["line"]))
            more = [f"{len(told) - _ROWS} more"] if len(told) > _ROWS else []
            mistakes.append(f"{item}: {column} is {', '.join([*told[:_ROWS], *more])}")
    if mistakes:
        raise InputError(
            f"{labels.path}: rows of one {labels.column} are photos of one thing, and must agree "
            "in what is said of it; correct these rows, or data.columns.item:",
            first_ten(mistakes),
        )


def _describe(value: Any, line: int) -> str:
    told = format_given(value) if isinstance(value, float) else repr(value)
    return f"{told} (line {line})"

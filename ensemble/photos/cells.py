"""Columns of a table as they stand: text, a row a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError
from backbones.plural import count
from ensemble.config.table_format import COMMAS, TableFormat


@dataclass(frozen=True)
class Cells:
    """Some columns of a table, with all that messages say of them."""

    texts: pd.DataFrame  #: of str; its index is the line of the file at which a row begins
    source: Path  #: the file
    form: TableFormat = COMMAS

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Cells:
        """The rows at these positions."""
        return replace(self, texts=self.texts.iloc[list(rows)])


def given_cells(given: Any, columns: Sequence[str], rows: int) -> Cells:
    """The cells of these columns of a DataFrame, or mapping, with a row for each of so many photos.

    What pandas takes for missing is an empty cell, and a number is its shortest text: 91901.0, as
    pandas makes of 91901 beside missing cells, is 91901. In messages the first row is line 1.

    Raises
    ------
    InputError
        There is no such column, or another number of rows.
    """
    try:
        table = pd.DataFrame(given)
    except (TypeError, ValueError):
        kind = type(given).__name__
        raise InputError(
            f"columns must be a DataFrame, or a mapping of columns, not {kind}"
        ) from None
    absent = [repr(column) for column in columns if column not in table.columns]
    if absent:
        known = ", ".join(map(repr, table.columns))
        raise InputError(f"columns lack {', '.join(absent)}; known: {known}")
    if len(table) != rows:
        found, needed = count(len(table), "row"), count(rows, "photo")
        raise InputError(f"columns have {found}; one for each of {needed} is needed")
    texts = {column: [_text(cell) for cell in table[column].tolist()] for column in columns}
    lines = pd.RangeIndex(1, rows + 1)
    return Cells(pd.DataFrame(texts, index=lines, dtype=object), Path("columns"))


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)

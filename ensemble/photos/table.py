"""A CSV file as its author wrote it: text, checked, with the line of every mistake."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.section import nearest

Numbers = npt.NDArray[np.float64]


def read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """The file as text (dtype str, nothing read as missing), at least with these columns.

    UTF-8 with or without BOM, any line ends; names such as ``007`` or ``NA`` stay as they are.

    Raises
    ------
    InputError
        No such file, not a CSV in UTF-8, no rows, or columns that are missing.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {path}; data.folder and the file names in data say where"
        )
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False
        )
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 ({error}); save it as UTF-8") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path} is not a CSV file: {str(error).strip()}") from None
    absent = [
        f"{column!r}; {nearest(column, map(str, table.columns))}"
        for column in columns
        if column not in table.columns
    ]
    if absent:
        raise InputError(f"{path} lacks columns (data.columns names them):", absent)
    if table.empty:
        raise InputError(f"{path} has no rows")
    return table


def parse_numbers(table: pd.DataFrame, column: str, path: Path) -> Numbers:
    """The column as float64 (n,).

    Raises
    ------
    InputError
        Lines whose value is not a finite number, all of them.
    """
    found = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)
    refuse_lines(
        ~np.isfinite(found), table[column], f"{path}: {column} must be a number", quoted=True
    )
    return found


def refuse_lines(
    wrong: npt.NDArray[np.bool_],
    values: Sequence[str] | pd.Series,
    title: str,
    quoted: bool = False,
) -> None:
    """An ``InputError`` that names the lines marked in `wrong`: the first ten, then a count."""
    lines = np.flatnonzero(wrong)
    if len(lines) == 0:
        return
    shown = [repr(value) if quoted else value for value in map(str, np.asarray(values)[lines])]
    mistakes = [f"line {line + 2}: {one}" for line, one in zip(lines, shown, strict=True)]
    raise InputError(f"{title}:", first_ten(mistakes))

"""Reading CSV files as text, with error messages that state the lines."""

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
    """Read a file as text (dtype str, no missing values), and require these columns.

    UTF-8 with or without BOM, any line ends; names such as ``007`` or ``NA`` stay unchanged.

    Raises
    ------
    InputError
        The file is missing, is not CSV in UTF-8, has no rows or lacks columns.
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
    """Parse a column as float64 (n,).

    Raises
    ------
    InputError
        Values that are not finite numbers, all at once, with their lines.
    """
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)
    refuse_lines(
        ~np.isfinite(numbers), table[column], f"{path}: {column} must be a number", quoted=True
    )
    return numbers


def refuse_lines(
    wrong: npt.NDArray[np.bool_],
    values: Sequence[str] | pd.Series,
    title: str,
    quoted: bool = False,
) -> None:
    """Raise an ``InputError`` for the lines marked in `wrong`, if any; it lists the first ten."""
    lines = np.flatnonzero(wrong)
    if len(lines) == 0:
        return
    texts = [repr(value) if quoted else value for value in map(str, np.asarray(values)[lines])]
    mistakes = [f"line {line + 2}: {text}" for line, text in zip(lines, texts, strict=True)]
    raise InputError(f"{title}:", first_ten(mistakes))

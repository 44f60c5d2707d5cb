"""A table of the user's, read without knowing beforehand how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError
from backbones.files import read_file
from ensemble.config.table_format import COMMAS, TableFormat
from ensemble.photos import numbers
from ensemble.photos.csv_file import guess_encoding, parse, read_text
from ensemble.photos.table import SEPARATORS, read_table

Decimal = Literal[".", ","]


@dataclass(frozen=True)
class Sheet:
    """A table as text, and how it is written."""

    path: Path
    rows: pd.DataFrame  #: dtype object; the index is the line of the file
    separator: str
    encoding: str

    @property
    def columns(self) -> list[str]:
        return [str(column) for column in self.rows.columns]

    def form(self, decimal: Decimal = ".") -> TableFormat:
        """How it is written, with the decimal sign of the numbers that are read of it."""
        return TableFormat(self.separator, decimal, self.encoding)

    def reads_as(self, form: TableFormat) -> bool:
        """Whether it reads the same in the format of another table."""
        try:
            other = read_table(self.path, self.columns, form)
        except InputError:
            return False
        return other[self.columns].equals(self.rows)

    def numbers(self, column: str) -> Numbers | None:
        """A column as numbers, where half of it or more are."""
        texts: list[str] = self.rows[column].tolist()
        filled = sum(bool(text.strip()) for text in texts)
        best: Numbers | None = None
        for decimal in (".", ","):
            values = numbers.parse(texts, decimal)
            count = int(np.isfinite(values).sum())
            if 2 * count >= max(filled, 1) and (best is None or count > best.count):
                best = Numbers(values, decimal if _holds_sign(texts) else None)
        return best


@dataclass(frozen=True)
class Numbers:
    """A column as numbers."""

    values: npt.NDArray[np.float64]  #: NaN where a text is none
    decimal: Decimal | None  #: its decimal sign; None where none of them has one

    @property
    def count(self) -> int:
        return int(np.isfinite(self.values).sum())

    @property
    def are_complete(self) -> bool:
        """Whether each text is a number."""
        return self.count == len(self.values)

    @property
    def are_whole(self) -> bool:
        return bool((self.values[np.isfinite(self.values)] % 1 == 0).all())


def read_sheet(path: Path) -> Sheet:
    """Read a table, whatever separates its fields and whichever encoding it is in.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_bytes("photo;größe\\na;1,5\\n".encode("cp1252"))
    ...     sheet = read_sheet(file)
    >>> sheet.columns, sheet.separator, sheet.encoding, sheet.numbers("größe").decimal
    (['photo', 'größe'], ';', 'cp1252', ',')

    Raises
    ------
    InputError
        It is no table: what is wrong by the separator that divides its header most.
    """
    encoding = _encoding(path)
    # A blank or a colon is within a field where anything else separates.
    for separators in (SEPARATORS[:4], SEPARATORS[4:]):
        read = [_read(path, separator, encoding) for separator in separators]
        tables = [one for one in read if isinstance(one, Sheet) and len(one.columns) > 1]
        if tables:
            return max(tables, key=lambda one: len(one.columns))
        width = _widths(path, separators, encoding)
        if max(width) > 1:
            broken = read[width.index(max(width))]
            assert isinstance(broken, InputError)
            raise broken
    return _one_column(path, encoding)


def _encoding(path: Path) -> str:
    try:
        read_text(path, COMMAS.encoding)
        return COMMAS.encoding
    except InputError:
        guess = guess_encoding(read_file(path))
        if guess in (None, COMMAS.encoding):
            raise
        return str(guess)


def _read(path: Path, separator: str, encoding: str) -> Sheet | InputError:
    try:
        rows = read_table(path, [], TableFormat(separator, ".", encoding))
    except InputError as error:
        return error
    nameless = rows.columns.duplicated(keep=False)  # as Excel leaves them at the end of rows
    return Sheet(path, rows.loc[:, ~nameless], separator, encoding)


def _widths(path: Path, separators: Sequence[str], encoding: str) -> list[int]:
    """How many fields the first row has by each; one where that cannot be said."""
    text = read_text(path, encoding)
    widths = []
    for separator in separators:
        try:
            widths.append(len(parse(path, text, separator)[0].fields))
        except InputError:
            widths.append(1)
    return widths


def _one_column(path: Path, encoding: str) -> Sheet:
    """A table of one column, as a list of names."""
    read = _read(path, COMMAS.separator, encoding)
    if isinstance(read, InputError):
        raise read
    return read


def _holds_sign(texts: Sequence[str]) -> bool:
    return any("." in text or "," in text for text in texts)

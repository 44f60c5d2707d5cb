"""Reading CSV files as text, with error messages that state the lines of the file."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from ensemble.config.table_format import COMMAS, TableFormat
from ensemble.photos import numbers
from ensemble.photos.csv_file import Record, lines_of, parse, read_text, split_line
from ensemble.photos.spelling import plain

Numbers = npt.NDArray[np.float64]

#: Between the fields of tables, as programs write them; the last two as well within fields.
SEPARATORS = (";", ",", "\t", "|", ":", " ")


def read_table(
    path: Path, columns: Sequence[str], form: TableFormat = COMMAS, may_be_empty: bool = False
) -> pd.DataFrame:
    """Read a file as text (dtype object, no missing values), and require these columns.

    Names such as ``007`` or ``NA`` stay unchanged. The index is the line of the file, from 1, at
    which a row begins.

    Raises
    ------
    InputError
        The file is missing, is no CSV of this form, has no rows (unless it `may_be_empty`), rows of
        other lengths than the header, columns of one name, or lacks columns.
    """
    text = read_text(path, form.encoding)
    header, *records = parse(path, text, form.separator)
    _refuse_mark_of_excel(path, text, form)
    _refuse_absent(path, header, columns, text, form)
    _refuse_doubles(path, header)
    _refuse_ragged(path, header, records, form)
    if not (records or may_be_empty):
        raise InputError(f"{path} has no rows; write one for each photo below its header")
    index = pd.Index([record.line for record in records], name="line")
    fields = [record.fields for record in records]
    return pd.DataFrame(fields, columns=header.fields, index=index, dtype=object)


def has_column(table: pd.DataFrame, column: str, path: Path) -> bool:
    """Whether a table has a column that it may lack.

    Raises
    ------
    InputError
        It has one that reads the same, but for blanks, invisible letters or case.
    """
    if column in table.columns:
        return True
    meant = [one for one in table.columns if plain(one).casefold() == plain(column).casefold()]
    if meant:
        raise InputError(f"{path}: the column {meant[0]!r} is not {column!r}; rename one of them")
    return False


def parse_numbers(
    table: pd.DataFrame, column: str, path: Path, form: TableFormat = COMMAS
) -> Numbers:
    """Parse a column as float64 (n,).

    Raises
    ------
    InputError
        Values that are not plainly finite numbers, all at once, with their lines.
    """
    texts = table[column]
    parsed = numbers.parse(texts.tolist(), form.decimal)
    wrong = ~np.isfinite(parsed)
    way_on = numbers.hint(texts[wrong].tolist(), form.decimal)
    refuse_lines(wrong, texts, f"{path}: {column} must be a number{way_on}", quoted=True)
    return parsed


def parse_amounts(
    table: pd.DataFrame, column: str, path: Path, form: TableFormat = COMMAS
) -> Numbers:
    """Parse a column of targets or weights, as ``parse_numbers`` does.

    Raises
    ------
    InputError
        Values that are no numbers, or whose decimal signs seem to be signs of thousands.
    """
    parsed = parse_numbers(table, column, path, form)
    texts = table[column]
    wrong = np.array(numbers.may_be_thousands(texts.tolist(), form.decimal), dtype=bool)
    if wrong.any():
        whole = texts[~wrong].iloc[0].strip()
        first = next(text.strip() for text in texts[wrong] if text.strip().endswith("0"))
        ways = first.replace(form.decimal, ""), first.rstrip("0").rstrip(form.decimal)
        title = (
            f"{path}: {column} has {first!r} beside {whole!r} (line {texts[~wrong].index[0]}), so "
            f"{form.decimal!r} may stand for thousands or be the decimal sign; where it stands for "
            f"thousands, delete it: write {ways[0]}; else delete zeros at the end: {ways[1]}"
        )
        refuse_lines(wrong, texts, title, quoted=True)
    return parsed


def refuse_lines(
    wrong: npt.NDArray[np.bool_], values: pd.Series, title: str, quoted: bool = False
) -> None:
    """Raise an ``InputError`` for the lines marked in `wrong`, if any; it lists the first ten.

    `values` are indexed by line, as the columns of ``read_table`` are.
    """
    refused = values[wrong]
    if refused.empty:
        return
    mistakes = [
        f"line {line}: {value!r}" if quoted else f"line {line}: {value}"
        for line, value in zip(refused.index, refused.tolist(), strict=True)
    ]
    raise InputError(f"{title}:", first_ten(mistakes))


def _refuse_mark_of_excel(path: Path, text: str, form: TableFormat) -> None:
    mark = re.match(r'"?sep=(.)"?[\r\n]', text)
    if mark:
        is_set = mark[1] == form.separator
        setting = "" if is_set else f", and set data.separator: {_in_yaml(mark[1])}"
        line = mark[0].strip("\r\n")
        raise InputError(
            f"{path}: its first line, {line!r}, is a mark for Excel; delete it{setting}"
        )


def _refuse_absent(
    path: Path, header: Record, columns: Sequence[str], text: str, form: TableFormat
) -> None:
    absent = [column for column in columns if column not in header.fields]
    if not absent:
        return
    mistakes = [f"{column!r}{_nearest(column, header.fields)}" for column in absent]
    separator = _separator_of(text, header, columns, form)
    if separator is None:
        raise InputError(f"{path} lacks columns (data.columns names them):", mistakes)
    raise InputError(
        f"{path}: the separator looks like {separator!r}: set data.separator: "
        f"{_in_yaml(separator)}; read with {form.separator!r}, it lacks columns:",
        mistakes,
    )


def _nearest(column: str, header: Sequence[str]) -> str:
    same = [one for one in header if plain(one).casefold() == plain(column).casefold()]
    close = same or difflib.get_close_matches(column, header, n=3)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    known = ", ".join(map(repr, header[:20]))
    return f"; known: {known}{', ...' if len(header) > 20 else ''}"


def _separator_of(
    text: str, header: Record, columns: Sequence[str], form: TableFormat
) -> str | None:
    """Another separator, by which the header has the columns, or several where it has one.

    A blank is none where another separates: there it pads the fields.
    """
    line = lines_of(text)[header.line - 1]
    others = {one: split_line(line, one) for one in SEPARATORS if one != form.separator}
    if len(header.fields) > 1:
        others.pop(" ", None)
    for separator, fields in others.items():
        if {plain(column) for column in columns} <= {plain(field) for field in fields}:
            return separator
    if len(header.fields) > 1 or len(columns) < 2:
        return None
    return next((one for one, fields in others.items() if one != " " and len(fields) > 1), None)


def _in_yaml(separator: str) -> str:
    return '"\\t"' if separator == "\t" else f"'{separator}'"


def _refuse_doubles(path: Path, header: Record) -> None:
    counts = Counter(header.fields)
    doubles = [repr(name) for name, count in counts.items() if count > 1 and name.strip()]
    if doubles:
        raise InputError(
            f"{path}: line {header.line}: columns of the same name; rename or delete one of each:",
            first_ten(doubles),
        )


def _refuse_ragged(
    path: Path, header: Record, records: Sequence[Record], form: TableFormat
) -> None:
    width = len(header.fields)
    ragged = [record for record in records if len(record.fields) != width]
    if not ragged:
        return
    way_on = "".join(_ways_on([record.fields[width:] for record in ragged], form.separator))
    mistakes = [
        f"line {line}: {len(fields)} fields: {_shortened(form.separator.join(fields))}"
        for line, fields in ragged[:10]
    ]
    mistakes += [""] * (len(ragged) - len(mistakes))
    raise InputError(
        f"{path}: rows with other numbers of fields than the header, {width}{way_on}:",
        first_ten(mistakes),
    )


def _ways_on(surplus: Sequence[Sequence[str]], separator: str) -> Iterator[str]:
    """What to do about rows by the fields that each has more than the header."""
    empty = [not any(field.strip() for field in fields) for fields in surplus if fields]
    if any(empty):
        yield f"; delete {separator!r} at the end of rows, after which comes an empty field more"
    if not all(empty):
        decimal = ", as a decimal comma," if separator == "," else ""
        yield f"; a value that holds {separator!r}{decimal} needs quotes"


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")

"""A CSV file as text: records of fields, each with its line in the file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from backbones.errors import InputError, first_ten
from backbones.files import read_file

#: How files begin that are tables, but no text.
_OTHERS = {
    b"PK\x03\x04": "a file of Excel or another zip file",
    b"\xd0\xcf\x11\xe0": "a file of Excel",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
}

#: Marks at the beginning of a file; the longer ones first, as UTF-32's begins with UTF-16's.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF8: "UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}

_BREAK = r"\r\n|\r|\n"


class Record(NamedTuple):
    """One row of a file."""

    line: int  #: of the file, from 1, at which it begins
    fields: list[str]


def read_text(path: Path, encoding: str) -> str:
    """The text of a file, without a BOM.

    Raises
    ------
    InputError
        The file is missing, cannot be read, or is no text of this encoding.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {path}; data.folder and the file names in data say where"
        )
    data = read_file(path)
    for start, what in _OTHERS.items():
        if data.startswith(start):
            raise InputError(f"{path} is {what}; save it as CSV in UTF-8")
    name = codecs.lookup(encoding).name
    mark = next((kind for start, kind in _MARKS.items() if data.startswith(start)), None)
    if mark and not name.startswith(mark.lower()):
        raise InputError(f"{path} is not {_shown(encoding)}; {_way_on(mark)}")
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        place = getattr(error, "start", None)
        line = None if place is None else data.count(b"\n", 0, place) + 1
        where = "" if line is None else f" (line {line})"
        raise InputError(
            f"{path} is not {_shown(encoding)}{where}; {_way_on(guess_encoding(data))}"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(
            f"{path}: line {line} holds NUL, as no text does; {_way_on(guess_encoding(data))}"
        )
    return text.removeprefix("\ufeff")


def parse(path: Path, text: str, separator: str) -> list[Record]:
    """The records of a file's text, its header among them.

    Blank lines, and those of several empty fields, as Excel leaves them at the end, are counted
    only.

    Raises
    ------
    InputError
        There is none, its quotation marks do not match, or they enclose rows.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records, line = [], 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields) or fields == [""]:
                records.append(Record(line, fields))
            line = reader.line_num + 1
    except csv.Error as error:
        reason = str(error)
        if "unexpected end" in reason:
            reason = "a quotation mark opens in this row and is not closed"
        raise InputError(f"{path} is not a CSV file: line {line}: {reason}") from None
    if not records:
        raise InputError(f"{path} is not a CSV file: it is empty; write a header and a row a photo")
    _refuse_swallowed(path, text, records, separator)
    return records


def lines_of(text: str) -> list[str]:
    """The lines of a file, as records count them."""
    return re.split(_BREAK, text)


def split_line(line: str, separator: str) -> list[str]:
    """The fields that a line has with another separator; none, if it cannot be read so."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return []


def _refuse_swallowed(path: Path, text: str, records: list[Record], separator: str) -> None:
    """Refuse quoted values of rows: two lone quotation marks, as ditto marks, enclose such."""
    spans = [span for record in records for span in _spans(record)]
    width = len(records[0].fields)
    if not spans or width == 1:  # any line has one field
        return
    lines = lines_of(text)
    mistakes = [
        f"line {start}: {_shortened(lines[start - 1])} to line {end}: {_shortened(lines[end - 1])}"
        for start, end in spans
        if all(_is_row(line, separator, width) for line in lines[start - 1 : end] if line.strip())
    ]
    if mistakes:
        raise InputError(
            f"{path}: quoted values that run over lines which look like rows, of {width} fields "
            "each; delete quotation marks that enclose no value (as ditto marks, or inches), or "
            'write a value that holds one as "12"" wide":',
            first_ten(mistakes),
        )


def _spans(record: Record) -> Iterator[tuple[int, int]]:
    """The first and the last line of each value that has several."""
    line = record.line
    for field in record.fields:
        breaks = len(re.findall(_BREAK, field))
        if breaks:
            yield line, line + breaks
        line += breaks


def _is_row(line: str, separator: str, width: int) -> bool:
    """Whether a line has these many fields; quotation marks enclose fields, or are letters."""
    mark = re.escape(separator)
    enclosed = rf'(?:(?<={mark})|^)"(?:[^"]|"")*"(?={mark}|$)'
    return width in (line.count(separator) + 1, re.sub(enclosed, "", line).count(separator) + 1)


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def _shown(encoding: str) -> str:
    return "UTF-8" if codecs.lookup(encoding).name == "utf-8" else encoding


def guess_encoding(data: bytes) -> str | None:
    """The encoding that the bytes of a file look like; None where that is not known.

    >>> guess_encoding("Größe".encode("cp1252"))
    'cp1252'
    """
    zeros = data[:1000].count(0)
    if zeros:  # of two bytes a letter, one is mostly 0
        even = data[:1000:2].count(0)
        if 4 * zeros < min(len(data), 1000):
            return None
        return "utf-16-be" if 2 * even > zeros else "utf-16-le"
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _way_on(encoding: str | None) -> str:
    if encoding is None:
        return "save it as UTF-8, or set data.encoding"
    return f"it looks like {encoding}: set data.encoding: {encoding}, or save it as UTF-8"

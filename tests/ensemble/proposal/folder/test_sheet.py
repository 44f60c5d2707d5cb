from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.config.table_format import TableFormat
from ensemble.proposal.folder.sheet import read_sheet


@pytest.mark.parametrize(
    ("text", "encoding", "columns", "separator"),
    [
        ("a,b\nx.jpg,1\n", "utf-8", ["a", "b"], ","),
        ("a;b\nx.jpg;1,5\n", "utf-8-sig", ["a", "b"], ";"),
        ("a\tb c\nx y.jpg\t1\n", "utf-8", ["a", "b c"], "\t"),
        ("a|b\nx.jpg|1\n", "utf-8", ["a", "b"], "|"),
        ("a b\nx.jpg 1\n", "utf-8", ["a", "b"], " "),
        ("a, head count\nx.jpg, 1\n", "utf-8", ["a", " head count"], ","),
        ("größe\nx.jpg\n", "cp1252", ["größe"], ","),
        ("a\tb\nx.jpg\t1\n", "utf-16", ["a", "b"], "\t"),
    ],
)
def test_a_table_is_read_however_it_is_written(
    text: str, encoding: str, columns: list[str], separator: str, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(text.encode(encoding))
    sheet = read_sheet(file)
    assert (sheet.columns, sheet.separator) == (columns, separator)
    assert sheet.reads_as(TableFormat(separator, ".", sheet.encoding))
    assert sheet.rows.index.tolist() == [2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\nx.jpg,1,5\n", "a value that holds ',', as a decimal comma, needs quotes"),
        ("", "it is empty"),
        ("a,b\n", "has no rows"),
        ("PK\x03\x04", "is a file of Excel or another zip file"),
        ("sep=;\na;b\nx;1\n", "is a mark for Excel; delete it"),
    ],
)
def test_what_is_no_table_is_told_of_by_its_likeliest_separator(
    text: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_sheet(file)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "values", "decimal"),
    [
        (["1", "2"], [1, 2], None),
        (["1.5", "2"], [1.5, 2], "."),
        (["1,5", "2"], [1.5, 2], ","),
    ],
)
def test_numbers_have_their_own_decimal_sign(
    texts: list[str], values: list[float], decimal: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a;b\n" + "\n".join(f"x;{text}" for text in texts) + "\n")
    read = read_sheet(file).numbers("b")
    assert read is not None
    assert (read.values.tolist(), read.decimal) == (values, decimal)
    assert read_sheet(file).numbers("a") is None

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.config.table_format import TableFormat
from ensemble.photos import table


def read(folder: Path, content: str | bytes, *columns: str, **form: str) -> pd.DataFrame:
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return table.read_table(path, columns or ["Name", "Count"], TableFormat(**form))


def test_text_stays_as_it_was_written(tmp_path: Path) -> None:
    content = '\ufeffName,Count\r\n007,1\r\nNA,2\r\n1e3,3\r\n"ä, b.jpg",4\r\n" a ",5\r\n'
    rows = read(tmp_path, content)
    assert rows["Name"].tolist() == ["007", "NA", "1e3", "ä, b.jpg", " a "]
    assert table.parse_numbers(rows, "Count", tmp_path).tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_know_their_lines_in_the_file(tmp_path: Path, end: str) -> None:
    lines = ["", "Name,Count", "a,1", "", '"b\nb\n",2', "  ", 'c,"3"', '"","4"', ""]
    rows = read(tmp_path, "\n".join(lines).replace("\n", end))
    assert rows.index.tolist() == [3, 5, 9, 10]
    assert rows["Name"].tolist() == ["a", f"b{end}b{end}", "c", ""]
    column = read(tmp_path, 'Name\n"1"\n\n""\n \n3\n', "Name")
    assert column["Name"].to_dict() == {2: "1", 4: "", 6: "3"}


FORMS = [
    ("Name;Count\nä;1,5\n", {"separator": ";", "decimal": ","}),
    ('Name,Count\nä,"1,5"\n', {"decimal": ","}),
    ("Name\tCount\nä\t1.5\n", {"separator": "\t"}),
    ("Name Count\nä 1.5\n", {"separator": " "}),
    ("Name|Count\nä|1.5\n".encode("utf-16"), {"separator": "|", "encoding": "utf-16"}),
    ("\ufeffName,Count\nä,1.5\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
    ("Name,Count\nä,1.5\n".encode("cp1252"), {"encoding": "cp1252"}),
    ("\ufeffName,Count\nä,1.5\n".encode(), {"encoding": "utf-8-sig"}),
]


@pytest.mark.parametrize(("content", "form"), FORMS)
def test_a_table_may_be_written_in_other_ways(
    tmp_path: Path, content: str | bytes, form: dict[str, str]
) -> None:
    rows = read(tmp_path, content, **form)
    assert rows["Name"].tolist() == ["ä"]
    found = table.parse_numbers(rows, "Count", tmp_path, TableFormat(**form))
    assert found.tolist() == [1.5]


def of_utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


UNUSABLE = [
    (b"", r"t\.csv is not a CSV file: it is empty"),
    (b"\xef\xbb\xbf\n \n", r"t\.csv is not a CSV file: it is empty"),
    (b"Name,Count\n\n", r"t\.csv has no rows"),
    (
        b"Name,Count\n1,2,3\n\n5\na,1\n6,7,8,9,0\n",
        r"(?s)t\.csv: rows with other numbers of fields than the header, 2; a value that holds "
        r"',', as a decimal comma, needs quotes:\n  - line 2: 3 fields: '1,2,3'\n"
        r"  - line 4: 1 fields: '5'\n  - line 6: 5 fields: '6,7,8,9,0'$",
    ),
    (b"Name,Count\n" + 12 * b"a,1,5\n", r"line 11: 3 fields: 'a,1,5'\n  - and 2 more$"),
    (
        b"Name,Count\na,1,\n",
        r"header, 2; delete ',' at the end of rows, after which comes an empty field more:\n"
        r"  - line 2: 3 fields: 'a,1,'$",
    ),
    (b"Name,Count\na,1,\nb,1,5\n", r"an empty field more; a value that holds ',', as a decimal "),
    (b"Name,Count\na\n", r"than the header, 2:\n  - line 2: 1 fields: 'a'$"),
    (
        b" Name , Count \n a , 1 \n",
        r"(?s)t\.csv lacks columns .*'Name'; did you mean ' Name '\?.*did you mean ' Count '\?$",
    ),
    (b"Name,Count\na,1\n\xe4,1\n", r"is not UTF-8 \(line 3\); it looks like cp1252: set data\.enc"),
    (b"\xff\xfeN\0", r"is not UTF-8; it looks like UTF-16: set data\.encoding: UTF-16, or save"),
    (of_utf16("Name,Count\na,1\n"), r"line 1 holds NUL.*looks like utf-16-le: set data\.enc"),
    (b"Name,Count\na,1\nb,\0\n", r"line 3 holds NUL, as no text does; save it as UTF-8"),
    (b'Name,Count\na,1\n"b,2\nc,3\n', r"line 3: a quotation mark opens in this row and is not cl"),
    (b'Name,Count\n"a"b,1\n', r"not a CSV file: line 2: ',' expected after '\"'"),
    (b"Name,Count\n" + 200_000 * b"a" + b",1\n", r"line 2: field larger than field limit"),
    (b"PK\x03\x04\x14\0", r"t\.csv is a file of Excel or another zip file; save it as CSV in UTF"),
    (b"\x1f\x8b\x08\0", r"t\.csv is a gzip file"),
    (
        b"name, Count,x\na,1,2\n",
        r"(?s)lacks columns .*'Name'; did you mean 'name'\?.*'Count'; did you mean ' Count'\?",
    ),
    (b"Name,Cuont\na,1\n", r"'Count'; did you mean 'Cuont'\?"),
    ("Name,Co\u200bunt\na,1\n", r"'Count'; did you mean 'Co\\u200bunt'\?"),
    (b"q,r\na,1\n", r"'Name'; known: 'q', 'r'"),
    (b"Name,Count,Count\na,1,2\n", r"line 1: columns of the same name; .*:\n  - 'Count'"),
    (b"Name;Count\na;1,5\n", r"the separator looks like ';': set data\.separator: ';'; read with"),
    (b"Name\tCount\na\t1\n", r"the separator looks like '\\t': set data\.separator: \"\\t\""),
    (b"Name Count\na 1\n", r"the separator looks like ' ': set data\.separator: ' '"),
    (b"File;Sum;x\na;1,5;\n", r"the separator looks like ';'"),
    (b"sep=;\nName;Count\na;1\n", r"first line, 'sep=;', is a mark .* data\.separator: ';'"),
    (b"Name,Count\n,\n , \n", r"t\.csv has no rows"),
]


@pytest.mark.parametrize(("content", "message"), UNUSABLE)
def test_files_that_cannot_be_used(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, content)


def test_a_table_that_is_not_there_or_in_another_encoding(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file .*x\.csv; data\.folder and the file"):
        table.read_table(tmp_path / "x.csv", ["Name"])
    with pytest.raises(InputError, match=r"is not cp1252; it looks like UTF-8: set data\.enc"):
        read(tmp_path, "\ufeffName,Count\n", encoding="cp1252")
    with pytest.raises(InputError, match=r"is not ascii \(line 2\); it looks like utf-8"):
        read(tmp_path, "Name,Count\nä,1\n", encoding="ascii")


def test_an_index_of_pandas_and_empty_columns_are_no_obstacle(tmp_path: Path) -> None:
    rows = read(tmp_path, ",Name,Unnamed: 0,Count,\n0,a,0,1,\n")
    assert rows[["Name", "Count"]].to_numpy().tolist() == [["a", "1"]]


NO_NUMBERS = ["many", "", "inf", "nan", "NaN", "Infinity", "1e400", "1e-400", "1_000", "0x10"]
NO_NUMBERS += ["1 000", "5 %", "5 €", "٣", "１", "1.5.2", "--1", "e5", ".", "\u22125", "1\u00a0"]  # noqa: RUF001


def test_every_line_without_a_number_is_named(tmp_path: Path) -> None:
    rows = read(tmp_path, "Name,Count\n\na,1\nb,many\nc,\nd,inf\n")
    with pytest.raises(InputError) as caught:
        table.parse_numbers(rows, "Count", Path("t.csv"))
    assert str(caught.value) == (
        "t.csv: Count must be a number:\n  - line 4: 'many'\n  - line 5: ''\n  - line 6: 'inf'"
    )
    for text in NO_NUMBERS:
        with pytest.raises(InputError, match=r"t\.csv: Count must be a number.*:\n  - line 7: "):
            table.parse_numbers(pd.DataFrame({"Count": [text]}, index=[7]), "Count", Path("t.csv"))


def test_plain_numbers_are_read_exactly() -> None:
    texts = ["0", "-0.1", "+5", "007", "1e3", "2.", ".5", " 3\t", "1E-2", "12345678901234567890"]
    rows = pd.DataFrame({"n": texts})
    found = table.parse_numbers(rows, "n", Path("t.csv"))
    np.testing.assert_array_equal(found, [float(text) for text in texts])


def test_another_decimal_sign_is_named(tmp_path: Path) -> None:
    rows = read(tmp_path, "Name;Count\na;1,5\n", separator=";")
    with pytest.raises(InputError, match=r"number; where ',' is the decimal sign, set data\.dec"):
        table.parse_numbers(rows, "Count", tmp_path)


def amounts(*texts: str, decimal: Any = ".") -> list[float]:
    rows = pd.DataFrame({"n": texts}, index=range(2, 2 + len(texts)))
    form = TableFormat(decimal=decimal)
    return table.parse_amounts(rows, "n", Path("t.csv"), form).tolist()


def test_signs_of_thousands_are_not_read_as_decimal_signs() -> None:
    with pytest.raises(InputError) as caught:
        amounts("950", "1.375", " 2.300", "980", "-11.000")
    assert str(caught.value) == (
        "t.csv: n has '2.300' beside '950' (line 2), so '.' may stand for thousands or be the "
        "decimal sign; where it stands for thousands, delete it: write 2300; else delete zeros at "
        "the end: 2.3:\n  - line 3: '1.375'\n  - line 4: ' 2.300'\n  - line 6: '-11.000'"
    )
    with pytest.raises(InputError, match=r"'1,000' beside '7' .* write 1000; else .* the end: 1:"):
        amounts("1,000", "7", decimal=",")


@pytest.mark.parametrize(
    "texts",
    [
        ("1.250", "950.000", "2.300"),
        ("950", "1.25", "2.375"),
        ("950", "1.251", "2.375"),
        ("950", "0.250"),
        ("950", "1.250", "1.25"),
        ("950", "1.250", "1e3"),
        ("950", "1250.000"),
        ("1", "2"),
    ],
)
def test_decimals_that_some_program_writes_are_read(texts: tuple[str, ...]) -> None:
    assert amounts(*texts) == [float(text) for text in texts]
    commas = [text.replace(".", ",") for text in texts]
    assert amounts(*commas, decimal=",") == [float(text) for text in texts]


def test_a_column_that_may_be_missing(tmp_path: Path) -> None:
    rows = read(tmp_path, "Name,Count, price\na,1,2\n")
    assert table.has_column(rows, "Count", tmp_path)
    assert not table.has_column(rows, "cost", tmp_path)
    with pytest.raises(InputError, match="the column ' price' is not 'price'; rename one of them"):
        table.has_column(rows, "price", tmp_path)


@pytest.mark.parametrize("mark", ["sep=;\n", '"sep=;"\r\n'])
def test_a_separator_that_is_set_is_not_asked_for(tmp_path: Path, mark: str) -> None:
    with pytest.raises(InputError, match=r"is a mark for Excel; delete it$"):
        read(tmp_path, f"{mark}Name;Count\na;1\n", separator=";")


def test_what_is_said_of_a_separator_fits_the_one_that_is_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"header, 2; a value that holds ';' needs quotes:"):
        read(tmp_path, "Name;Count\na;1;5\n", separator=";")
    with pytest.raises(InputError, match=r"lacks columns .*:\n  - 'Count'; known: 'Name', 'n'$"):
        read(tmp_path, "Name n\na 1\n", separator=" ")


def test_rows_of_empty_fields_are_blank_lines(tmp_path: Path) -> None:
    rows = read(tmp_path, 'Name,Count\n,\na,1\n"",""\n,,,\nb,\n , \n')
    assert rows.index.tolist() == [3, 6]
    assert rows.to_numpy().tolist() == [["a", "1"], ["b", ""]]


def test_a_table_without_rows_may_do(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Name,Count\n,\n")
    rows = table.read_table(path, ["Name"], may_be_empty=True)
    assert (len(rows), list(rows)) == (0, ["Name", "Count"])
    assert table.parse_numbers(rows, "Count", path).shape == (0,)

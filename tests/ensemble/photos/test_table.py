from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.photos import table


def test_text_stays_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeffName,Count\r\n007,1\r\nNA,2\r\n1e3,3\r\n"ä, b.jpg",4\r\n'.encode())
    rows = table.read_table(path, ["Name", "Count"])
    assert rows["Name"].tolist() == ["007", "NA", "1e3", "ä, b.jpg"]
    assert table.parse_numbers(rows, "Count", path).tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"there is no file .*t\.csv; data\.folder and the file names in data say where"),
        (b"", r"t\.csv is not a CSV file: No columns"),
        (b"Name,Count\n", r"t\.csv has no rows"),
        (b"Name,Count\n1,2,3,4\n5\n6,7,8,9,0\n", r"t\.csv is not a CSV file: "),
        (b"Name,Count\n\xe4,1\n", r"t\.csv is not UTF-8 .*; save it as UTF-8"),
        (b"name,Cuont\na,1\n", r"(?s)lacks columns .*'Name'; .*'Count'; did you mean Cuont\?"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        table.read_table(path, ["Name", "Count"])


def test_every_line_without_a_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Name,Count\na,1\nb,many\nc,\nd,inf\n")
    with pytest.raises(InputError) as caught:
        table.parse_numbers(table.read_table(path, ["Count"]), "Count", path)
    assert str(caught.value) == (
        f"{path}: Count must be a number:\n  - line 3: 'many'\n  - line 4: ''\n  - line 5: 'inf'"
    )

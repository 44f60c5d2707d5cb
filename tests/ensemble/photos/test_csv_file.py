from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.photos.csv_file import parse

DITTO = ["0.png,1,red", '1.png,2,"', '2.png,3,"', "3.png,4,blue", '4.png,4,"', '5.png,9,"', "6,6,b"]


def parsed(lines: list[str], separator: str = ",", end: str = "\n") -> list[int]:
    text = "".join(f"{line}{end}" for line in lines)
    return [record.line for record in parse(Path("t.csv"), text, separator)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lone_quotation_marks_that_swallow_rows_are_named(end: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(["file,price,note", *DITTO], end=end)
    assert str(caught.value) == (
        "t.csv: quoted values that run over lines which look like rows, of 3 fields each; delete "
        "quotation marks that enclose no value (as ditto marks, or inches), or write a value that "
        'holds one as "12"" wide":\n'
        "  - line 3: '1.png,2,\"' to line 4: '2.png,3,\"'\n"
        "  - line 6: '4.png,4,\"' to line 7: '5.png,9,\"'"
    )


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["f\tn\ttitle", '0\t1\t"Sunset', "1\t2\tx", '2\t3\tscreen 12"'], "\t"),
        (["f\ttitle\tn", '0\t"Sunset\t1', "1\tx\t2", "", '2\tscreen 12"\t3'], "\t"),
        (["f,note,n", '0,",1', '1,",2', "2,x,3"], ","),
        (["f,note,n,m", '"0,a",",1,m', '1,",2,"a b"'], ","),
        (["f,n,note", '0,1,"', '1,"",2', '1,2,"'], ","),
        (['f,n,"note', "0,1,x", '1,2,"'], ","),
    ],
)
def test_rows_are_swallowed_in_any_column(lines: list[str], separator: str) -> None:
    with pytest.raises(InputError, match=r"look like rows, of \d fields each.*:\n  - line [12]: "):
        parsed(lines, separator)


@pytest.mark.parametrize(
    "lines",
    [
        ["f,n,note", '0,1,"Dear all,', "red, green, blue", 'and more"', "1,2,x"],
        ["f,note,n", '0,"one', 'two, three",1'],
        ['f,"n', 'EUR"', "0,1"],
        ["f", '"0', '1"'],
        ["f,n,note", '0,1,"a', "", 'b ""c"" d"'],
    ],
)
def test_notes_of_several_lines_are_read(lines: list[str]) -> None:
    assert parsed(lines)[0] == 1

from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.proposal.folder.columns import choose_group, choose_target
from ensemble.proposal.folder.sheet import Sheet, read_sheet

ONLY = "the only column of numbers"


def sheet(folder: Path, header: str, row: str, count: int = 24) -> Sheet:
    """A table whose rows are formatted with their number, and with half and a third of it."""
    rows = [row.format(n=n, half=n // 2, third=n % 3, square=n * n) for n in range(count)]
    (folder / "t.csv").write_text("\n".join([header, *rows]) + "\n")
    return read_sheet(folder / "t.csv")


@pytest.mark.parametrize(
    ("header", "row", "target", "reason"),
    [
        ("f,v", "a{n}.jpg,{third}", "v", ONLY),
        (
            "f,width,height,v",
            "a{n}.jpg,{third},{half},{square}",
            "v",
            f"{ONLY} beside 'width', 'height'",
        ),
        ("f,Unnamed: 0,v", "a{n}.jpg,{n},{square}", "v", f"{ONLY} beside 'Unnamed: 0'"),
        ("f,row,height", "a{n}.jpg,{n},{square}", "height", f"{ONLY} beside 'row'"),
        ("f,weight", "a{n}.jpg,{square}", "weight", ONLY),
        ("f,age,target", "a{n}.jpg,{square},{half}", "target", "by its name"),
        ("f,HeadLabel,x", "a{n}.jpg,{square},{half}", "HeadLabel", "by its name"),
        ("f,v,same", "a{n}.jpg,{square},7", "v", ONLY),
        ("f,note,v", "a{n}.jpg,n/a,{square}", "v", ONLY),
    ],
)
def test_the_only_likely_column_is_the_target(
    header: str, row: str, target: str, reason: str, tmp_path: Path
) -> None:
    assert choose_target(sheet(tmp_path, header, row), "f", [], None) == (target, reason)


def test_other_tables_decide_before_names(tmp_path: Path) -> None:
    table = sheet(tmp_path, "f,age,size", "a{n}.jpg,{square},{half}")
    assert choose_target(table, "f", [{"size"}], None).column == "size"
    assert choose_target(table, "f", [{"size"}], "age").column == "age"


@pytest.mark.parametrize(
    ("header", "row", "asked", "message"),
    [
        ("f,age,size", "a{n}.jpg,{square},{half}", None, "may be any of 2 columns of numbers"),
        ("f,age", "a{n}.jpg,old", None, "no column beside 'f' holds numbers"),
        ("f,age", "a{n}.jpg,{n}", "agee", "did you mean 'age'?"),
    ],
)
def test_what_is_not_clear_is_asked(
    header: str, row: str, asked: str | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        choose_target(sheet(tmp_path, header, row), "f", [], asked)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("header", "row", "group"),
    [
        ("f,house,v", "a{n}.jpg,h{half},{n}", "house"),
        ("f,patient_id,v", "a{n}.jpg,{half},{n}", "patient_id"),
        ("f,owner,v", "a{n}.jpg,o{half},{half}", "owner"),  # one value for all photos of each
        ("f,room,v", "a{n}.jpg,r{third},{n}", None),
        ("f,owner,v", "a{n}.jpg,o{half},{n}", None),
        ("f,house,v", "a{n}.jpg,h{n},{n}", None),  # each has one photo
    ],
)
def test_photos_of_one_thing_are_a_group(
    header: str, row: str, group: str | None, tmp_path: Path
) -> None:
    found = choose_group(sheet(tmp_path, header, row), "f", "v", None)
    assert (found.column if found else None) == group

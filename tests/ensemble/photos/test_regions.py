from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.densities.frame import Frame
from ensemble.photos.regions import Region, read_regions

NAMES = ["a.jpg", "sub/b.jpg", "c.png", "c.jpg"]


def read(
    folder: Path, text: str, resize: str = "letterbox", polygon: str = "polygon"
) -> list[Region]:
    (folder / "regions.csv").write_text(text)
    data = Data.model_validate({"folder": str(folder), "columns": {"polygon": polygon}})
    frame = Frame.of((192, 128), ((64, 96), resize), (8, 12))  # type: ignore[arg-type]
    path = folder / "regions.csv"
    return read_regions(path, data, NAMES, lambda names: dict.fromkeys(names, frame))


def test_boxes_have_the_labels_of_the_table_or_numbers(tmp_path: Path) -> None:
    header, rows = (
        "name,xmin,ymin,xmax,ymax",
        ["a.jpg,0,0,64,192", "c.png,0,0,9,9", "a,64,0,130,190"],
    )
    found = read(tmp_path, "\n".join([header, *rows]))
    assert [(one.photo, one.label) for one in found] == [
        ("a.jpg", "1"),
        ("c.png", "1"),
        ("a.jpg", "2"),
    ]
    assert found[0].shape.bounds == (0, 0, 64, 192)
    labelled = [f"{row},{label}" for row, label in zip(rows, "xyz", strict=True)]
    found = read(tmp_path, "\n".join([f"{header},region", *labelled]))
    assert [one.label for one in found] == ["x", "y", "z"]


def test_polygons_stand_in_the_column_of_the_config(tmp_path: Path) -> None:
    (found,) = read(tmp_path, 'name,area\na.jpg,"POLYGON ((0 0, 64 0, 64 64))"\n', polygon="area")
    assert found.shape.bounds == (0, 0, 64, 64)
    with pytest.raises(InputError, match=r"or area, as POLYGON"):
        read(tmp_path, "name,polygon\na.jpg,x\n", polygon="area")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = """\
name,region,polygon
a.jpg,one,"POLYGON ((0 0, 50 0, 50 50, 0 50))"
nobody.jpg,one,"POLYGON ((0 0, 50 0, 50 50, 0 50))"
c,one,"POLYGON ((0 0, 50 0, 50 50, 0 50))"
sub/b.jpg,same,"POLYGON ((0 0, 50 0, 50 50, 0 50))"
sub/b.jpg,same,"POLYGON ((0 0, 50 0, 50 50, 0 50))"
a.jpg,two,"POLYGON ((0 0, 500 0, 500 50, 0 50))"
a.jpg,three,"LINESTRING (0 0, 50 50)"
"""
    with pytest.raises(InputError) as raised:
        read(tmp_path, text)
    assert raised.value.mistakes == [
        "line 3: 'nobody.jpg' is not among the photos to predict",
        "line 4: 'c' is not among the photos to predict",  # there are two
        "line 5: 'sub/b.jpg' has several regions 'same'; name each otherwise",
        "line 6: 'sub/b.jpg' has several regions 'same'; name each otherwise",
        "line 7: from 0, 0 to 500, 50, beyond 'a.jpg' of 128 x 192 pixels",
        "line 8: must be a POLYGON or MULTIPOLYGON, not LineString",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,region\na.jpg,1\n", "it must have either xmin, ymin, xmax, ymax, in pixels"),
        ("name,xmin,ymin,xmax,ymax\na.jpg,0,0,0.5,0.5\n", "multiply fractions of a photo"),
        ("name,xmin,ymin,xmax,ymax\na.jpg,0,0,x,5\n", "xmax must be a number"),
        ("name,xmin,ymin,xmax,ymax\na.jpg,9,0,5,5\n", "line 2: a box of no area, 9, 0, 5, 5"),
        ("photo,xmin,ymin,xmax,ymax\na.jpg,0,0,5,5\n", "lacks columns"),
        ("name,Polygon\na.jpg,x\n", "the column 'Polygon' is not 'polygon'"),
        ("name,polygon\n", "has no rows"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)


def test_where_a_crop_sees_nothing_there_is_no_count(tmp_path: Path) -> None:
    text = "name,xmin,ymin,xmax,ymax\na.jpg,0,0,128,50\na.jpg,0,0,128,60\n"
    with pytest.raises(
        InputError, match=r"line 2: .* where the network sees nothing of 'a\.jpg'"
    ) as told:
        read(tmp_path, text, "crop")
    assert len(told.value.mistakes) == 1

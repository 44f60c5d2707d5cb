from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.photos.parts.shapes import read_shapes


def read(folder: Path, content: str, *more: str, **keys: Any) -> Any:
    (folder / "areas.csv").write_text(content)
    data = Data.model_validate({"folder": str(folder), **keys})
    photos = {folder / "a.png": "a.png", folder / "b.png": "b.png"}
    return read_shapes(data, folder / "areas.csv", folder, photos, *more)


def test_rows_are_boxes_or_polygons_by_the_columns(tmp_path: Path) -> None:
    boxes = read(tmp_path, "name,xmin,ymin,xmax,ymax\na.png,0,10,20.5,30\n")
    assert boxes["name"].tolist() == ["a.png"]
    assert boxes["shape"].iloc[0].equals(shapely.box(0, 10, 20.5, 30))
    first, second = "POLYGON ((0 0, 40 0, 40 40, 0 0))", "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)))"
    polygons = read(tmp_path, f'name,polygon\nb.png,"{first}"\na.png,"{second}"\n')
    assert polygons["name"].tolist() == ["b.png", "a.png"]
    assert [one.area for one in polygons["shape"]] == [800.0, 40.5]


def test_numbers_may_have_the_decimal_comma_of_the_tables(tmp_path: Path) -> None:
    content = "name;xmin;ymin;xmax;ymax;count\na.png;0;0;20,5;30;1,5\n"
    found = read(tmp_path, content, "count", separator=";", decimal=",")
    assert found["shape"].iloc[0].area == 615.0
    assert found["count"].tolist() == ["1,5"]


@pytest.mark.parametrize(
    ("polygon", "message"),
    [
        (
            "POLYGON ((0 0, 4 4, 4 0, 0 4, 0 0))",
            "touches itself: Self-intersection[2 2]",
        ),
        ("POLYGON ((0 0, 9 9, 0 0))", "has too few corners: Too few points"),
        ("POLYGON ((0 0, 9 9))", "no well-known text"),
        ("POLYGON ((0 0, 4 nan, 4 4, 0 0))", "has a corner nowhere: Invalid Coordinate[4 nan]"),
        ("POLYGON EMPTY", "a polygon of no area"),
        ("LINESTRING (0 0, 9 9)", "must be a POLYGON or MULTIPOLYGON, not LineString"),
        ("0 0, 4 0, 4 4", "no well-known text as POLYGON ((x y, x y, x y))"),
        ("", "no well-known text as POLYGON"),
    ],
)
def test_what_is_no_polygon_is_named_with_its_line(
    tmp_path: Path, polygon: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, f'name,polygon\na.png,"POLYGON ((0 0, 9 0, 9 9, 0 0))"\nb.png,"{polygon}"\n')
    title, line = str(caught.value).splitlines()
    assert title == f"{tmp_path / 'areas.csv'}: a polygon is POLYGON ((x y, x y, x y)):"
    assert line.startswith(f"  - line 3: {polygon!r}: ")
    assert message in line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,xmin,ymin,xmax,ymax\na.png,5,0,5,9\n", "with each minimum below its maximum"),
        ("name,xmin,ymin,xmax,ymax\nc.png,0,0,5,9\n", "photos that train.csv does not list"),
        ("name,xmin,ymin,xmax\na.png,0,0,5\n", "lacks columns (data.columns names them)"),
        ("name,xmin,ymin,xmax,ymax\na.png,0,0,0.5,0.25\n", "in the first pixel"),
        ("name,xmin,ymin,xmax,ymax\na.png,0,0,five,5\n", "xmax must be a number"),
        ("name,Polygon\na.png,\n", "the column 'Polygon' is not 'polygon'"),
    ],
)
def test_other_mistakes_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert message in str(caught.value)
    assert "areas.csv" in str(caught.value)


def test_a_table_without_rows_has_no_shapes(tmp_path: Path) -> None:
    assert read(tmp_path, "name,polygon\n").empty
    assert read(tmp_path, "name,xmin,ymin,xmax,ymax\n").empty

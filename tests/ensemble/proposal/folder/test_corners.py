from __future__ import annotations

from pathlib import Path

import pytest

from ensemble.proposal.folder.corners import corners_of
from tests.ensemble.proposal.folder.test_columns import sheet


@pytest.mark.parametrize(
    ("header", "row", "kind", "columns"),
    [
        ("f,width,height,xmin,ymin,xmax,ymax", "a,9,9,1,2,3,4", "boxes", "xmin ymin xmax ymax"),
        ("f,X1,Y1,X2,Y2", "a,1,2,3,4", "boxes", "X1 Y1 X2 Y2"),
        ("f,bbox_left,bbox_top,bbox_right,bbox_bottom", "a,1,2,3,4", "boxes", None),
        ("f,x,y", "a,{n},{n}", "points", "x y"),
        ("f,Cx,Cy,width,height", "a,1,2,640,480", "points", "Cx Cy"),
    ],
)
def test_places_are_known_by_their_columns(
    header: str, row: str, kind: str, columns: str | None, tmp_path: Path
) -> None:
    found = corners_of(sheet(tmp_path, header, row), "f")
    assert found is not None
    assert found.kind == kind
    assert list(found.columns) == (columns.split() if columns else header.split(",")[1:])


def test_a_corner_with_width_and_height_is_no_point(tmp_path: Path) -> None:
    assert corners_of(sheet(tmp_path, "f,x,y,w,h", "a,1,2,{n},{n}"), "f") is None
    assert corners_of(sheet(tmp_path, "f,v", "a,{n}"), "f") is None

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from backbones.errors import InputError
from tests.ensemble.photos.annotations.exports import box, cvat, image, read, shape

CUBOID = {
    f"{axis}{end}{side}": value
    for end, y in (("tl", 10), ("bl", 30), ("tr", 12), ("br", 32))
    for side in (1, 2)
    for axis, value in (("x", 10 * side + (40 if end[1] == "r" else 0)), ("y", y))
}

#: A shape, and the places of the objects that it stands for.
PLACES = [
    (box("f", 1, 2, 3.5, 4, occluded=1, z_order=0), [(1, 2, 3.5, 4)]),
    (box("f", 40, 20, 60, 30, rotation="90.0"), [(45, 15, 55, 35)]),
    (shape("points", label="f", points="1.5,2"), [(1.5, 2, 1.5, 2)]),
    (shape("points", label="f", points="1,2;3,4"), [(1, 2, 1, 2), (3, 4, 3, 4)]),
    (shape("polygon", label="f", points="1,9;4,2;3,3"), [(1, 2, 4, 9)]),
    (shape("polyline", label="f", points="1,9;4,2"), [(1, 2, 4, 9)]),
    (shape("ellipse", label="f", cx=50, cy=25, rx=10, ry=5), [(40, 20, 60, 30)]),
    (shape("ellipse", label="f", cx=50, cy=25, rx=10, ry=5, rotation=90), [(45, 15, 55, 35)]),
    (shape("mask", label="f", rle="3, 2", left=4, top=5, width=6, height=7), [(4, 5, 10, 12)]),
    (shape("cuboid", label="f", **CUBOID), [(10, 10, 60, 32)]),
    (
        '<skeleton label="f"><points label="1" points="5,6"/><points label="2" points="9,8"/>'
        '<points label="3" outside="1" points="90,40"/></skeleton>',
        [(5, 6, 9, 8)],
    ),
    (shape("tag", label="sharp"), []),
]


@pytest.mark.parametrize(("drawn", "places"), PLACES)
def test_places(folder: Path, drawn: str, places: list[tuple[float, ...]]) -> None:
    (folder / "c.xml").write_text(cvat(image("a.png", drawn)))
    found = read(folder, "cvat", "c.xml")
    assert [row[1:] for row in found] == [pytest.approx(one) for one in places]


PLACE = (
    "a shape needs a label and the numbers of its places, with each minimum not above its maximum:"
)

ENTRY = "image '0', 'a.png'"

MISTAKES = [
    (cvat(image("a.png", box("f", 9, 2, 3, 4))), f"{PLACE}\n  - {ENTRY}: box 1: {{'label': 'f'"),
    (cvat(image("a.png", box("", 1, 2, 3, 4))), f"{PLACE}\n  - {ENTRY}: box 1: {{'label': ''"),
    (
        cvat(image("a.png", box("f", 1, 2, 3, 4), *[shape("box", label="f")] * 2)),
        f"{PLACE}\n  - {ENTRY}: box 2: {{'label': 'f'}}\n  - {ENTRY}: box 3: {{'label': 'f'}}",
    ),
    (cvat(image("a.png", shape("points", label="f", points=""))), f"{PLACE}\n  - {ENTRY}: points"),
    (cvat(image("a.png", shape("polygon", label="f", points="1,2;3"))), f"{PLACE}\n  - {ENTRY}: p"),
    (cvat(image("a.png", box("f", 1, 2, 3, 4, rotation="x"))), f"{PLACE}\n  - {ENTRY}: box 1"),
    (cvat(image("a.png", '<skeleton label="f"/>')), f"{PLACE}\n  - {ENTRY}: skeleton 1"),
    (
        cvat(image("a.png", '<hexagon label="f"/>')),
        "shapes other than box, points, polygon, polyline, ellipse, mask, skeleton, cuboid:\n"
        f"  - {ENTRY}: <hexagon>",
    ),
    (
        cvat(image("a.png", box("f", 1, 2, 300, 4))),
        f"which must be in pixels of it:\n  - {ENTRY}: box 1: 1, 2, 300, 4 of 100 x 50",
    ),
    (cvat(image("a.png", box("f", 1, 2, 3, 4), size=(9, 9))), "'a.png': stated 9 x 9, is 100 x 50"),
    (cvat('<image id="3"/>'), "an image needs a name:\n  - c.xml: image '3', ''"),
    (cvat('<track id="0" label="f"/>'), "has tracks of a video; export the frames as CVAT for im"),
    ("<annotations><image name='a.png'>", "c.xml is not XML: no element found"),
    ("no XML", "c.xml is not XML: syntax error: line 1, column 0; export it again"),
    ("", "c.xml is not XML: "),
    ("<a/>", "c.xml is not of CVAT: its root is <a>; it must be <annotations>"),
    (
        '<!DOCTYPE a [<!ENTITY x "xxx">]><annotations><image name="&x;"/></annotations>',
        "c.xml declares a document type or entities",
    ),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_named_with_image_and_shape(folder: Path, text: str, message: str) -> None:
    (folder / "c.xml").write_text(text)
    with pytest.raises(InputError) as caught:
        read(folder, "cvat", "c.xml")
    assert message in str(caught.value)


def test_what_counts_otherwise_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    drawn = [box("face", 40, 20, 60, 30, rotation=9), shape("tag", label="sharp")]
    (folder / "c.xml").write_text(cvat(image("a.png", *drawn)))
    with caplog.at_level(logging.INFO, "ensemble"):
        read(folder, "cvat", "c.xml")
    assert "1 tag of whole photos left out" in caplog.text
    assert "1 drawn as turned box count by the box around them" in caplog.text


def test_a_class_without_objects_is_known(folder: Path) -> None:
    (folder / "c.xml").write_text(cvat(image("a.png", box("face", 1, 2, 3, 4))))
    assert read(folder, "cvat", "c.xml", classes=["hand"]) == []

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from backbones.errors import InputError
from tests.ensemble.photos.annotations.exports import read, voc, write

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;">]>'
    "<annotation><filename>&y;</filename></annotation>"
)

OUTSIDE = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<annotation><filename>&x;</filename></annotation>"
)

BOX = (
    "an object needs a name, and a bndbox of four numbers with each minimum not above its maximum:"
)

MISTAKES = [
    (BOMB, "v/a.xml declares a document type or entities, which no export does and which are not"),
    (OUTSIDE, "v/a.xml declares a document type or entities"),
    ('<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><annotation/>', "declares a document type"),
    ("", "v/a.xml is not XML: no element found: line 1, column 0; export it again"),
    ("<annotation>", "v/a.xml is not XML: no element found: line 1, column 12"),
    ("<annotation>&nbsp;</annotation>", "v/a.xml is not XML: undefined entity: line 1"),
    ('<?xml version="1.0" encoding="klingon"?><annotation/>', "v/a.xml is not XML: unknown enc"),
    ("<html/>", "v/a.xml is not of Pascal VOC: its root is <html>; it must be <annotation>"),
    (voc("a.png", "f 1 2 x 4"), f"{BOX}\n  - a.xml: object 1: ['f', '1', '2', 'x', '4']"),
    (
        voc("a.png", "f 1 2 3 4", "f 9 2 3 4", "f 1 9 3 4", "f 1 inf 3 4"),
        f"{BOX}\n  - a.xml: object 2: ['f', '9', '2', '3', '4']\n  - a.xml: object 3: ['f', '1', "
        "'9', '3', '4']\n  - a.xml: object 4: ['f', '1', 'inf', '3', '4']",
    ),
    ("<annotation><object><name>f</name></object></annotation>", f"{BOX}\n  - a.xml: object 1: "),
    (
        voc("a.png", "f 1 2 300 4"),
        "places outside of their photo, which must be in pixels of it:\n"
        "  - a.xml: object 1: 0, 1, 300, 4 of 100 x 50",
    ),
    (voc("a.png", "f 1 2 3 4", size=(50, 50)), "a.xml: stated 50 x 50, is 100 x 50 as a viewer"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_named_with_their_file_and_object(
    folder: Path, text: str, message: str
) -> None:
    write(folder, {"v/a.xml": text})
    with pytest.raises(InputError) as caught:
        read(folder, "voc", "v")
    assert message in str(caught.value)


def test_the_first_pixel_is_1_and_some_tools_write_0(folder: Path) -> None:
    write(folder, {"v/a.xml": voc("a.png", "f 1 1 100 50", "f 0 0 9 9")})
    assert read(folder, "voc", "v") == [("a.png", 0, 0, 100, 50), ("a.png", 0, 0, 9, 9)]


#: The file, the name in it, and the photo.
NAMES = [
    ("v/a.xml", "a.png", "a.png"),
    ("v/a.xml", "", "a.png"),
    ("v/a.xml", "IMG_0815.jpg", "a.png"),  # photo and file were renamed together
    ("v/1.xml", "a", "a.png"),
    ("v/1.xml", "/home/me/a.PNG", "a.png"),
    ("v/1.xml", "1a2b3c4d-a.png", "a.png"),
    ("v/Annotations/sub/c.xml", "c.png", "sub/c.png"),
    ("v/sub/c.xml", "c.png", "sub/c.png"),
    ("v/c.xml", "sub/c.png", "sub/c.png"),
]


@pytest.mark.parametrize(("file", "name", "photo"), NAMES)
def test_the_photo_is_known_by_name_or_file(folder: Path, file: str, name: str, photo: str) -> None:
    write(folder, {file: voc(name, "f 1 1 9 9")})
    assert read(folder, "voc", "v") == [(photo, 0, 0, 9, 9)]


def test_difficult_objects_count_and_are_told(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = voc("a.png", "f 1 1 9 9", "f 1 1 8 8")
    write(folder, {"v/a.xml": text.replace("<bndbox>", "<difficult>1</difficult><bndbox>", 1)})
    with caplog.at_level(logging.INFO, "ensemble"):
        assert len(read(folder, "voc", "v")) == 2
    assert "1 object marked difficult count like others" in caplog.text


def test_one_file_will_do(folder: Path) -> None:
    write(folder, {"a.xml": voc("a.png", "f 1 1 9 9")})
    assert read(folder, "voc", "a.xml") == [("a.png", 0, 0, 9, 9)]

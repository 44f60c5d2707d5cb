from __future__ import annotations

import logging
from pathlib import Path

import pytest

from backbones.errors import InputError
from tests.ensemble.photos.annotations.exports import read, write

#: A line, and the place that it stands for in a photo of 100 x 50.
PLACES = [
    ("0 0.5 0.5 0.2 0.4", (40, 15, 60, 35)),
    ("0 0.5 0.5 0.2 0.4 0.93", (40, 15, 60, 35)),  # with a confidence
    ("0\t.5  .5 2e-1 0.4 ", (40, 15, 60, 35)),
    ("0 0.5 0.5 0 0", (50, 25, 50, 25)),
    ("0 0.1 0.2 0.3 0.2 0.2 0.8", (10, 10, 30, 40)),
    ("0 0.1 0.5 0.2 0.1 0.3 0.5 0.2 0.9", (10, 5, 30, 45)),  # a turned box
    ("0 0.005 0.5 0.02 0.4", (0, 15, 1.5, 35)),  # rounded beyond the edge
]


@pytest.mark.parametrize(("line", "place"), PLACES)
def test_places(folder: Path, line: str, place: tuple[float, ...]) -> None:
    write(folder, {"y/a.txt": line})
    ((name, *corners),) = read(folder, "yolo", "y")
    assert name == "a.png"
    assert corners == pytest.approx(place)


LINE = (
    "a line must be a class, a whole number, and x y width height, or the corners of a polygon: "
    "numbers between blanks, in fractions of the photo:"
)

BOX = "0 0.5 0.5 0.2 0.4"

MISTAKES: list[tuple[dict[str, str], str]] = [
    ({"y/a.txt": f"{BOX}\n0 0.5 0.5 0.2\n"}, f"{LINE}\n  - a.txt: line 2: '0 0.5 0.5 0.2'"),
    ({"y/a.txt": f"{BOX}\nface .5 .5 .1 .1"}, f"{LINE}\n  - a.txt: line 2: 'face .5 .5 .1 .1'"),
    ({"y/a.txt": "0.0 .5 .5 .1 .1"}, f"{LINE}\n  - a.txt: line 1: '0.0 .5"),
    ({"y/a.txt": "-1 .5 .5 .1 .1"}, f"{LINE}\n  - a.txt: line 1: '-1 .5"),
    ({"y/a.txt": "0 .5 .5 -.1 .1"}, f"{LINE}\n  - a.txt: line 1: '0 .5"),
    ({"y/a.txt": "0 nan .5 .1 .1"}, f"{LINE}\n  - a.txt: line 1: '0 nan"),
    ({"y/a.txt": "0,0.5,0.5,0.1,0.1"}, f"{LINE}\n  - a.txt: line 1: '0,0.5,0.5,0.1,0.1'"),
    ({"y/a.txt": "0 0,5 0,5 0,1 0,1"}, f"{LINE}\n  - a.txt: line 1: '0 0,5 0,5 0,1 0,1'"),
    ({"y/a.txt": "0 .1 .2 .3 .4 .5 .6 .7"}, f"{LINE}\n  - a.txt: line 1: '0 .1 .2 .3"),
    (
        {"y/a.txt": f"{BOX}\n0 50 25 10 10"},
        "places outside of their photo, which must be in fractions of it:\n"
        "  - a.txt: line 2: 45, 20, 55, 30 of 1 x 1",
    ),
    (
        {"y/a.txt": "2 .5 .5 .1 .1\n7 .5 .5 .1 .1", "y/classes.txt": "face\nhand\n"},
        "classes that classes.txt does not name (0 to 1):\n  - a.txt: line 1: 2\n"
        "  - a.txt: line 2: 7",
    ),
    ({"y/a.txt": BOX, "data.yaml": "names: face"}, "names must be a list, or numbers with a name"),
    ({"y/a.txt": BOX, "data.yaml": "names: {a: b}"}, "names must be a list, or numbers with a na"),
    ({"y/a.txt": BOX, "data.yaml": "names: [a"}, "data.yaml is not YAML"),
    ({"y/a.txt": BOX, "data.yaml": "names: !!python/name:os.system [a]"}, "data.yaml is not YAML"),
    (
        {"y/a.txt": BOX, "data.yaml": "names: [a]\nkpt_shape: [0, 3]"},
        "kpt_shape must be two whole numbers, not [0, 3]",
    ),
]


@pytest.mark.parametrize(("files", "message"), MISTAKES)
def test_mistakes_are_named_with_their_lines(
    folder: Path, files: dict[str, str], message: str
) -> None:
    write(folder, files)
    with pytest.raises(InputError) as caught:
        read(folder, "yolo", "y")
    assert message in str(caught.value)


def test_what_is_no_text_is_told(folder: Path) -> None:
    write(folder, {"y/a.txt": ""})
    (folder / "y/b.txt").write_bytes(b"0 .5 .5 .1 .1\n\xff\xd8")
    with pytest.raises(InputError, match=r"y/b\.txt is no text in UTF-8 \(line 2\); save it as s"):
        read(folder, "yolo", "y")


#: The files of an export, its path, the images of the config, and the photo that the label is of.
LAYOUTS = [
    ("y/labels/sub/c.txt", "y/labels", "sub/c.png"),
    ("y/labels/c.txt", "y/labels", "sub/c.png"),
    ("y/sub/labels/c.txt", "y", "sub/c.png"),
    ("y/obj_train_data/sub/c.txt", "y", "sub/c.png"),
    ("images/sub/c.txt", "images", "sub/c.png"),
    ("y/0a1b2c3d-c.txt", "y", "sub/c.png"),
    ("y/a.txt", "y/a.txt", "a.png"),
]


@pytest.mark.parametrize(("file", "path", "photo"), LAYOUTS)
def test_the_photo_lies_beside_or_in_a_folder_of_images(
    folder: Path, file: str, path: str, photo: str
) -> None:
    write(folder, {file: BOX})
    assert [row[0] for row in read(folder, "yolo", path)] == [photo]


#: A file of names beside or above the labels, and what it calls the first two classes.
NAMES = [
    ("y/labels/classes.txt", "face\nhand", ["face", "hand"]),
    ("y/classes.txt", "\ufeffface\r\nhand\r\n", ["face", "hand"]),
    ("y/obj.names", "face\nhand\n", ["face", "hand"]),
    ("y/data.yaml", "path: .\nnc: 2\nnames: ['face', 'hand']\n", ["face", "hand"]),
    ("data.yaml", "names:\n  0: face\n  1: hand\n", ["face", "hand"]),
    ("y/other.yml", "names: [face, 7]\n", ["face", "7"]),
    ("y/mine.yaml", "data: {folder: .}\n", ["0", "1"]),
]


@pytest.mark.parametrize(("file", "text", "names"), NAMES)
def test_classes_are_called_as_the_files_say(
    folder: Path, file: str, text: str, names: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, {"y/labels/a.txt": f"{BOX}\n1 .5 .5 .1 .1\n", file: text})
    with caplog.at_level(logging.INFO, "ensemble"):
        assert len(read(folder, "yolo", "y/labels", classes=names)) == 2
    assert f"({names[0]} 1, {names[1]} 1)" in caplog.text
    assert ("no file names the classes" in caplog.text) == (names[0] == "0")


def test_a_pose_is_its_box(folder: Path) -> None:
    write(
        folder,
        {
            "data.yaml": "names: [face]\nkpt_shape: [2, 3]\n",
            "y/a.txt": f"{BOX} 0.9 0.9 2 0.1 0.1 2\n",
        },
    )
    assert read(folder, "yolo", "y") == [("a.png", 40, 15, 60, 35)]


def test_lists_of_photos_are_no_labels_and_labels_of_such_a_name_are(folder: Path) -> None:
    write(folder, {"y/a.txt": BOX, "y/train.txt": "data/a.png\n", "y/README.roboflow.txt": "Hi"})
    assert len(read(folder, "yolo", "y")) == 1
    write(folder, {"y/test.txt": BOX})
    with pytest.raises(InputError, match=r"photos that train\.csv does not list.*\n  - test\.txt"):
        read(folder, "yolo", "y")

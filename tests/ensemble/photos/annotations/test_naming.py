from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from ensemble.photos.annotations.annotated import Annotated
from ensemble.photos.annotations.naming import name_photos

#: The labelled photos; in the folder lies one more, "test/1.png".
LABELLED = ("1.png", "x/2.png", "y/2.png", "Ärger.png", "0a1b2c3d-4.png", "a%20b.png", "c d.png")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for name in (*LABELLED, "test/1.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        Image.new("L", (1, 1)).save(folder / name)
    return folder


#: What a tool writes, the photo, and whether its end alone says so.
NAMES = [
    ("1.png", "1.png", False),
    ("x\\2.PNG", "x/2.png", False),
    ("x/2", "x/2.png", False),
    ("test/1.png", None, False),  # another photo than that of the same end
    ("other/1.png", "1.png", True),
    ("1.jpg", None, False),
    ("2.png", None, False),  # of two
    ("/home/me/y/2.png", "y/2.png", True),
    ("C:\\me\\y\\2.png", "y/2.png", True),
    ("z/2.png", None, False),
    ("a%20b.png", "a%20b.png", False),
    ("c%20d.png", "c d.png", False),
    ("/data/upload/7/0a1b2c3d-%C3%84rger.png", "Ärger.png", True),
    ("0a1b2c3d-4.png", "0a1b2c3d-4.png", False),
    ("ffffffff-1.png", "1.png", True),
    ("/data/local-files/?d=y/2.png", "y/2.png", False),
    ("http://[half/1.png", "1.png", True),
    ("../1.png", "1.png", True),
    ("", None, False),
    ("nothing.png", None, False),
]


@pytest.mark.parametrize(("said", "photo", "by_end"), NAMES)
def test_names(images: Path, said: str, photo: str | None, by_end: bool) -> None:
    entry = Annotated((said,), "here", None, ())
    found = name_photos([entry], images, {images / name: name for name in LABELLED})
    assert found.names == (photo,)
    assert found.by_end == (((said, photo),) if by_end else ())


def test_the_surest_name_counts(images: Path) -> None:
    labelled = {images / name: name for name in LABELLED}
    entry = Annotated(("labels/y/2", "y/2", "x/2"), "here", None, ())
    assert name_photos([entry], images, labelled).names == ("y/2.png",)

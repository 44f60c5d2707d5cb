from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from tests.ensemble.photos.annotations.exports import coco, mark, read

#: An annotation, and the box or point that it stands for.
PLACES: list[tuple[dict[str, Any], tuple[float, ...]]] = [
    (mark([1.5, 2, 3, 4.25]), (1.5, 2, 4.5, 6.25)),
    (mark([1, 2, 0, 0]), (1, 2, 1, 2)),
    (mark([1, 2, 30, 40], keypoints=[9, 8, 2]), (9, 8, 9, 8)),
    (mark([1, 2, 30, 40], keypoints=[9, 8, 0]), (1, 2, 31, 42)),
    (mark([1, 2, 30, 40], keypoints=[9, 8, 2, 10, 9, 2]), (1, 2, 31, 42)),
    (mark([], segmentation=[[1, 9, 4, 2, 3, 3], [8, 8, 9, 9, 7, 9.5]]), (1, 2, 9, 9.5)),
    (mark(None, segmentation=[[1, 9, 4, 2, 3, 3]]), (1, 2, 4, 9)),
    (mark(["1", "2", "3", "4"]), (1, 2, 4, 6)),
    (mark([1, 2, 3, 4], area=12, id=3, score=0.5, attributes={"any": []}), (1, 2, 4, 6)),
]


@pytest.mark.parametrize(("annotation", "place"), PLACES)
def test_places(folder: Path, annotation: dict[str, Any], place: tuple[float, ...]) -> None:
    (folder / "c.json").write_text(coco(annotations=[annotation]))
    assert read(folder, "coco", "c.json") == [("a.png", *place)]


BOX = (
    "annotations need a bbox: [x, y, width, height], finite numbers, with neither of the last two "
    "below 0:"
)

MISTAKES: list[tuple[str, str]] = [
    ("{}", "is not of COCO: it must have the lists images and annotations; it has nothing"),
    ('{"shapes": []}', "the lists images and annotations; it has 'shapes'"),
    ('{"images": [', "is not JSON: line 1: Expecting value; export it again"),
    ("[" * 100_000, "is not JSON: its lists and mappings lie too deep in each other"),
    ("", "is not JSON: line 1: Expecting value"),
    (f"[{'9' * 5000}]", "is not JSON: Exceeds the limit (4300 digits) for integer string conver"),
    (coco(annotations=[mark([1, 2, 3])]), f"{BOX}\n  - annotations[0]: [1, 2, 3]"),
    (
        coco(annotations=[mark([1, 2, 3, -4]), mark([1, 2, 3, 4]), mark([1, 2, "x", 4])]),
        f"{BOX}\n  - annotations[0]: [1, 2, 3, -4]\n  - annotations[2]: [1, 2, 'x', 4]",
    ),
    (coco(annotations=[mark([1, 2, float("nan"), 4])]), f"{BOX}\n  - annotations[0]: [1, 2, nan"),
    (coco(annotations=[mark([1, 2, True, 4])]), f"{BOX}\n  - annotations[0]: [1, 2, True"),
    (coco(annotations=[mark([], segmentation={"counts": "x"})]), f"{BOX}\n  - annotations[0]: []"),
    (
        coco(annotations=[mark([1, 2, 3, 4], image_id=99), {}]),
        "annotations whose image_id no image has:\n  - annotations[0]: 99\n"
        "  - annotations[1]: None",
    ),
    (
        coco(annotations=[mark([1, 2, 3, 4], 9), mark([1, 2, 3, 4], [1])]),
        "annotations whose category_id no category has:\n  - annotations[0]: 9\n"
        "  - annotations[1]: None",
    ),
    (
        coco(images=[{"id": 1, "file_name": name} for name in ("a.png", "b.png")]),
        "images of one id:\n  - images[1]: id 1",
    ),
    (
        coco(images=[{"id": 1}, 5, {"id": None, "file_name": "a.png"}]),
        "an image needs an id and a file_name:\n  - images[0]: {'id': 1}\n  - images[1]: 5\n"
        "  - images[2]: {'id': None, 'file_name': 'a.png'}",
    ),
    (
        coco(categories=[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]),
        "categories of one id:\n  - categories[1]: id 1",
    ),
    (coco(categories=[{"id": 1}]), "a category needs an id and a name:\n  - categories[0]: {'id'"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_named_with_their_entries(folder: Path, text: str, message: str) -> None:
    (folder / "c.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read(folder, "coco", "c.json")
    assert message in str(caught.value)
    assert str(folder / "c.json") in str(caught.value)


def test_a_photo_is_no_json(folder: Path) -> None:
    with pytest.raises(InputError, match=r"a\.png is not JSON: it is no text; export it again"):
        read(folder, "coco", "images/a.png")


def test_all_files_of_a_folder_are_read(folder: Path) -> None:
    """Each has ids of its own; hidden ones, as macOS writes them, are left out."""
    (folder / "all").mkdir()
    images = [{"id": 7, "file_name": "c.png", "width": 200, "height": 200}]
    (folder / "all/train.json").write_text(coco())
    (folder / "all/val.json").write_text(coco(images=images, annotations=[mark([9, 9, 9, 9])]))
    (folder / "all/._val.json").write_text("no JSON")
    found = read(folder, "coco", "all")
    assert [row[0] for row in found] == ["a.png"] * 3 + ["sub/c.png"]


def test_a_mark_of_the_encoding_and_sizes_of_none_are_no_mistake(folder: Path) -> None:
    images = [{"id": 7, "file_name": "a.png", "width": 0, "height": None}]
    (folder / "c.json").write_text(coco(images=images), encoding="utf-8-sig")
    assert len(read(folder, "coco", "c.json")) == 3


def test_what_was_drawn_otherwise_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "c.json").write_text(coco(annotations=[mark([], segmentation=[[1, 9, 4, 2, 3, 3]])]))
    with caplog.at_level(logging.INFO, "ensemble"):
        read(folder, "coco", "c.json")
    assert "1 drawn as polygon count by the box around them" in caplog.text

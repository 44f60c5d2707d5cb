from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from tests.ensemble.photos.annotations.exports import read, rectangle, region, task

APART = [
    region("rectangle", rectangle(10, 20, 30, 40), None, type="rectangle"),
    region("", {**rectangle(10, 20, 30, 40), "labels": ["face"]}, None, type="labels"),
]

#: The results of an annotation, and the places of its objects in a photo of 100 x 50.
PLACES: list[tuple[list[Any], list[tuple[float, ...]]]] = [
    ([region("rectangle", rectangle(10, 20, 30, 40))], [(10, 10, 40, 30)]),
    ([region("rectangle", rectangle(40, 20, 20, 20, rotation=90))], [(30, 10, 40, 30)]),
    (
        [region("rectangle", rectangle(10, 20, 30, 40), original_width=None)],
        [(10, 10, 40, 30)],
    ),
    ([region("keypoint", {"x": 10, "y": 20, "width": 0.5})], [(10, 10, 10, 10)]),
    ([region("polygon", {"points": [[10, 90], [40, 20], [30, 30]]})], [(10, 10, 40, 45)]),
    (
        [region("ellipse", {"x": 50, "y": 50, "radiusX": 10, "radiusY": 10, "rotation": 0})],
        [(40, 20, 60, 30)],
    ),
    (APART, [(10, 10, 40, 30)]),
    (APART[::-1], [(10, 10, 40, 30)]),
    ([{"type": "choices", "value": {"choices": ["sharp"]}}, {"type": "relation"}], []),
]


@pytest.mark.parametrize(("results", "places"), PLACES)
def test_places(folder: Path, results: list[Any], places: list[tuple[float, ...]]) -> None:
    (folder / "t.json").write_text(json.dumps([task("a.png", *results)]))
    found = read(folder, "label_studio", "t.json")
    assert [row[1:] for row in found] == [pytest.approx(one) for one in places]


FACE = region("rectangle", rectangle(10, 20, 30, 40))

TWICE = [{"id": one, "result": [FACE]} for one in (1, 2)]

PLACE = (
    "a region needs one label, its numbers in per cent of the photo, and an image_rotation of 0:"
)

ENTRY = "t.json: task 12: region 'r'"

MISTAKES: list[tuple[Any, str]] = [
    ({"tasks": []}, "t.json is not of Label Studio: it must be a list of tasks"),
    ([{"id": 1, "image": "a.png", "label": []}], "1 of 1 task without data or annotations, the"),
    (
        [task("a.png"), {"id": 2, "data": {}}],
        "1 of 2 tasks without data or annotations, the first at [1]; export as JSON, not as JSON-M",
    ),
    ([task("a.png", annotations=TWICE)], "mark one of each as ground truth, or delete the others:"),
    ([task("a")], "a task needs one photo, an entry of its data that ends as photos do, such as"),
    (
        [task("a.png", FACE, data={"left": "a.png", "right": "b.png"})],
        "t.json: task 12: {'left': 'a.png', 'right': 'b.png'}",
    ),
    (
        [task("a.png", region("rectangle", rectangle(10, 20, 300, 40)))],
        "places outside of their photo, which must be in pixels of it:\n"
        f"  - {ENTRY}: 10, 10, 310, 30 of 100 x 50",
    ),
    ([task("a.png", region("rectangle", {"x": 1}))], f"{PLACE}\n  - {ENTRY}: {{'x': 1"),
    ([task("a.png", region("rectangle", rectangle(1, 2, -3, 4)))], f"{PLACE}\n  - {ENTRY}: "),
    ([task("a.png", region("polygon", {"points": [[1, 2], [3]]}))], f"{PLACE}\n  - {ENTRY}: "),
    ([task("a.png", region("rectangle", rectangle(1, 2, 3, 4), None))], f"{PLACE}\n  - {ENTRY}"),
    (
        [task("a.png", region("rectangle", rectangle(1, 2, 3, 4), image_rotation=90))],
        f"{PLACE}\n  - {ENTRY}: ",
    ),
    (
        [task("a.png", region("brush", {"format": "rle", "rle": [1, 2]}))],
        "brushes, bit masks and vectors say no places to read; export as COCO, which has a box of "
        f"each, or draw boxes:\n  - {ENTRY}",
    ),
    (
        [task("a.png", {**FACE, "original_width": 70})],
        "task 12, 'a.png': stated 70 x 50, is 100 x 50 as a viewer shows it",
    ),
]


@pytest.mark.parametrize(("content", "message"), MISTAKES)
def test_mistakes_are_named_with_task_and_region(folder: Path, content: Any, message: str) -> None:
    (folder / "t.json").write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        read(folder, "label_studio", "t.json")
    assert message in str(caught.value)


def test_of_several_annotations_the_ground_truth_counts(folder: Path) -> None:
    true = {"id": 3, "ground_truth": True, "result": []}
    (folder / "t.json").write_text(json.dumps([task("a.png", annotations=[*TWICE, true])]))
    assert read(folder, "label_studio", "t.json") == []


def test_what_nobody_annotated_is_left_out_and_told(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    skipped = {"id": 3, "was_cancelled": True, "result": [FACE]}
    tasks = [
        task("a.png", annotations=[], predictions=[{"result": [FACE]}]),
        task("b.png", annotations=[skipped]),
    ]
    tasks.append(task("sub/c.png", {"type": "choices", "value": {"choices": ["sharp"]}}))
    (folder / "t.json").write_text(json.dumps(tasks))
    with caplog.at_level(logging.INFO, "ensemble"):
        assert read(folder, "label_studio", "t.json") == []
    assert "2 tasks without an annotation left out" in caplog.text
    assert "1 of the kind choices left out: they have no place" in caplog.text


ADDRESSES = [
    ("/data/upload/1/0a1b2c3d-a.png", "a.png"),
    ("/data/local-files/?d=photos%2Fsub%2Fc.png", "sub/c.png"),
    ("http://localhost:8080/data/upload/1/0a1b2c3d-a.png", "a.png"),
    ("s3://bucket/a.png", "a.png"),
    ("https://x.org/a%2Epng?X-Amz-Date=1", "a.png"),
    ("a.png", "a.png"),
]


@pytest.mark.parametrize(("address", "photo"), ADDRESSES)
def test_the_photo_is_known_by_its_address(folder: Path, address: str, photo: str) -> None:
    one = task(address, {**FACE, "original_width": None}, data={"thumb": "t.png", "image": address})
    (folder / "t.json").write_text(json.dumps([one]))
    assert [row[0] for row in read(folder, "label_studio", "t.json")] == [photo]

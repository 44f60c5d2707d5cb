"""The places that supervision reads from the same files, as float32."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ensemble.photos.annotations.exports import EXPORTS, read, write

pytest.importorskip("supervision", reason="supervision is not installed")


def by_supervision(folder: Path, form: str, path: str) -> list[tuple[Any, ...]]:
    from supervision import DetectionDataset

    images, place = str(folder / "images"), str(folder / path)
    if form == "coco":
        found = DetectionDataset.from_coco(images, place)
    elif form == "voc":
        found = DetectionDataset.from_pascal_voc(images, place)
    else:
        found = DetectionDataset.from_yolo(images, place, str(folder / "yolo/data.yaml"))
    return [
        (Path(file).name, *map(float, corners))
        for file, detections in found.annotations.items()
        for corners in detections.xyxy
    ]


@pytest.mark.parametrize("form", ["coco", "voc", "yolo"])
def test_places_are_those_of_supervision(folder: Path, form: str) -> None:
    path, files = EXPORTS[form]
    write(folder, files)
    expected = by_supervision(folder, form, path)
    found = read(folder, form, path)
    assert [row[0] for row in found] == [row[0] for row in expected] == ["a.png"] * 3
    for row, other in zip(found, expected, strict=True):
        assert row[1:] == pytest.approx(other[1:], abs=1e-4)

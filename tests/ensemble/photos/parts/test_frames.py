"""Parts of photos of 100 x 50 pixels, from pixels to the frame of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from backbones.errors import InputError
from ensemble.heads import Part
from ensemble.photos.dataset import Dataset
from ensemble.photos.objects import Objects, locate_objects

AREA = Part(area=shapely.box(0, 0, 50, 50), is_whole=False)


def photos(folder: Path, part: Part, target: float = 1, points: int = 0) -> Dataset:
    Image.new("L", (100, 50)).save(folder / "a.png")
    rows = [("a.png", 10, 20, 10, 20)] * points
    objects = pd.DataFrame(rows, columns=["name", "xmin", "ymin", "xmax", "ymax"])
    names, paths = np.array(["a.png"]), (folder / "a.png",)
    return Dataset(names, paths, np.array([target]), objects=objects, parts={"a.png": part})


def in_frame(located: Objects, size: tuple[int, int], resize: str) -> Part:
    found = located.parts_in_frame(size, resize)  # type: ignore[arg-type]
    assert found is not None
    assert found[0] is not None
    return found[0]


def test_an_area_lies_in_the_frame_as_its_photo_does(tmp_path: Path) -> None:
    located = locate_objects(photos(tmp_path, AREA))
    squashed = in_frame(located, (64, 64), "squash").area
    assert shapely.equals(squashed, shapely.box(0, 0, 0.5, 1))
    cropped = in_frame(located, (50, 50), "crop").area
    assert shapely.equals(cropped, shapely.box(0, 0, 0.5, 1))


def test_the_margins_of_a_letterbox_are_known_to_be_empty(tmp_path: Path) -> None:
    area = in_frame(locate_objects(photos(tmp_path, AREA)), (64, 64), "letterbox").area
    left, margins = (
        shapely.box(0, 0.25, 0.5, 0.75),
        shapely.box(0, 0, 1, 1) - shapely.box(0, 0.25, 1, 0.75),
    )
    assert shapely.equals(area, left | margins)
    region = Part(regions=(shapely.box(0, 0, 50, 50),), counts=(3.0,))
    found = in_frame(locate_objects(photos(tmp_path, region, 3)), (64, 64), "letterbox")
    assert found.counts == (3.0, 0.0)
    assert [one.area for one in found.regions] == [0.25, 0.5]


def test_only_rows_of_an_area_are_located_and_regions_have_none(tmp_path: Path) -> None:
    located = locate_objects(photos(tmp_path, AREA, 2, points=2))
    assert located.is_located == [False]
    (boxes,) = located.boxes
    assert boxes is not None
    assert boxes.tolist() == [[0.1, 0.4, 0.1, 0.4]] * 2
    (boxes,) = locate_objects(photos(tmp_path, AREA, 9, points=2)).boxes  # 9 in the whole photo
    assert boxes is not None
    assert len(boxes) == 2
    (boxes,) = locate_objects(photos(tmp_path, AREA, 0)).boxes
    assert boxes is not None
    assert len(boxes) == 0
    region = Part(regions=(shapely.box(0, 0, 50, 50),), counts=(0.0,), is_whole=False)
    assert locate_objects(photos(tmp_path, region, 0)).boxes == [None]


def test_photos_that_are_labelled_as_a_whole_have_no_parts(tmp_path: Path) -> None:
    Image.new("L", (100, 50)).save(tmp_path / "a.png")
    whole = Dataset(np.array(["a.png"]), (tmp_path / "a.png",), np.array([3.0]))
    assert locate_objects(whole).is_located == [False]
    none = Dataset(whole.names, whole.paths, np.array([0.0]))
    assert locate_objects(none).is_located == [True]
    assert locate_objects(whole).parts_in_frame((64, 64), "squash") is None


@pytest.mark.parametrize(
    "shape", [shapely.box(0, 0, 103, 50), shapely.box(-3, 0, 9, 9), shapely.box(0, 0, 50, 90)]
)
def test_an_area_outside_of_its_photo_is_refused(tmp_path: Path, shape: shapely.Polygon) -> None:
    with pytest.raises(InputError) as caught:
        locate_objects(photos(tmp_path, Part(area=shape)))
    assert str(caught.value) == (
        "photos with areas or regions that end outside of them; they must be in pixels of the "
        "photo as a viewer shows it:\n  - a.png, of 100 x 50 pixels"
    )


def test_an_area_may_end_a_little_beyond_its_photo(tmp_path: Path) -> None:
    located = locate_objects(photos(tmp_path, Part(area=shapely.box(-1, 0, 101, 51))))
    found = in_frame(located, (64, 64), "squash").area
    assert found is not None
    assert found.area == pytest.approx(1)


def test_an_area_in_what_is_cropped_away_is_refused(tmp_path: Path) -> None:
    located = locate_objects(photos(tmp_path, Part(area=shapely.box(0, 0, 20, 50))))
    with pytest.raises(InputError, match="outside of what a network sees; take resize: letterbox"):
        located.parts_in_frame((50, 50), "crop")


def test_regions_that_cover_a_photo_have_its_count(tmp_path: Path) -> None:
    halves = shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50)
    part = Part(regions=halves, counts=(3.0, 4.0))
    locate_objects(photos(tmp_path, part, target=7))
    with pytest.raises(InputError) as caught:
        locate_objects(photos(tmp_path, part, target=9))
    assert str(caught.value) == (
        "photos whose regions cover them, with other counts than their target; correct the one or "
        "the other:\n  - a.png: 7 in its regions, target 9"
    )
    half = Part(regions=halves[:1], counts=(3.0,))
    locate_objects(photos(tmp_path, half, target=9))

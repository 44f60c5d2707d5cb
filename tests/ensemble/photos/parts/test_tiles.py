from __future__ import annotations

import numpy as np
import pytest
import shapely

from backbones.errors import InputError
from backbones.photos.tiles import Tiling
from ensemble.heads import Boxes, Part
from ensemble.photos.parts.tiles import refuse_untaught

VIEW = ((128, 128), Tiling((128, 128), 0.25))
LARGE, SMALL = (400, 500), (100, 128)


def refuse(
    sizes: list[tuple[int, int]],
    target: list[float],
    boxes: list[Boxes | None] | None = None,
    parts: list[Part | None] | None = None,
) -> list[str]:
    names = [f"{number}.jpg" for number in range(len(sizes))]
    none: list[None] = [None] * len(sizes)
    try:
        refuse_untaught(names, sizes, boxes or none, parts or none, np.array(target), VIEW)
    except InputError as error:
        return error.mistakes
    return []


def test_counts_alone_teach_in_photos_of_one_tile() -> None:
    assert refuse([SMALL, LARGE, LARGE], [5, 0, 7]) == ["2.jpg: 7 in 20 tiles"]
    assert refuse([LARGE], [2], [np.array([[0.1, 0.1, 0.2, 0.2]] * 2)]) == []


@pytest.mark.parametrize(
    ("box", "is_held"),
    [
        ((0, 0, 128, 128), True),
        ((0, 0, 129, 128), False),
        ((400, 300, 520, 410), True),  # behind the ends of the photo is nothing
        ((100, 100, 180, 180), True),
        ((90, 100, 170, 180), False),  # wider than what tiles have in common
    ],
)
def test_regions_teach_where_a_tile_holds_them(
    box: tuple[float, float, float, float], is_held: bool
) -> None:
    part = Part(regions=(shapely.box(*box),), counts=(3.0,), is_whole=False)
    assert (refuse([LARGE], [3], parts=[part]) == []) == is_held


def test_empty_regions_teach_wherever_they_are() -> None:
    part = Part(regions=(shapely.box(0, 0, 500, 40),), counts=(0.0,), is_whole=False)
    assert refuse([LARGE], [0], parts=[part]) == []


def test_a_photo_with_objects_is_not_learned_by_its_empty_regions_alone() -> None:
    wide, none, held = shapely.box(0, 0, 300, 40), shapely.box(0, 60, 40, 90), (9, 90, 40, 99)
    part = Part(regions=(wide, none), counts=(3.0, 0.0), is_whole=False)
    assert refuse([LARGE], [3], parts=[part]) == ["0.jpg: 3 in 20 tiles"]
    part = Part(regions=(wide, none, shapely.box(*held)), counts=(3.0, 0.0, 1.0))
    assert refuse([LARGE], [5], parts=[part]) == []


def test_the_ways_out_are_told() -> None:
    with pytest.raises(InputError, match=r"data.boxes.*data.areas.*data.counts.*tile.size"):
        refuse_untaught(["a"], [LARGE], [None], [None], np.array([1.0]), VIEW)

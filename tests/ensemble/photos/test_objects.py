from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.photos.dataset import Dataset
from ensemble.photos.objects import locate_objects


def photos(folder: Path, rows: list[tuple[str, float, float, float, float]]) -> Dataset:
    names = ["a.jpg", "b.jpg", "c.jpg"]
    for name in names:
        Image.new("RGB", (100, 50)).save(folder / name)
    objects = pd.DataFrame(rows, columns=["name", "xmin", "ymin", "xmax", "ymax"])
    paths = tuple(folder / name for name in names)
    return Dataset(np.array(names), paths, np.array([2.0, 0.0, 4.0]), objects=objects)


TWO = [("a.jpg", 0, 0, 50, 25), ("a.jpg", 80, 10, 80, 10)]


def test_places_are_fractions_of_the_frame(tmp_path: Path) -> None:
    dataset = photos(tmp_path, TWO)
    found = locate_objects(dataset).in_frame((64, 64), "squash")
    assert found[0] is not None
    assert found[0].tolist() == [[0, 0, 0.5, 0.5], [0.8, 0.2, 0.8, 0.2]]
    padded = locate_objects(dataset).in_frame((64, 64), "letterbox")[0]
    assert padded is not None
    assert padded.tolist() == [[0, 0.25, 0.5, 0.5], [0.8, 0.35, 0.8, 0.35]]


def test_no_rows_mean_nothing_there_for_a_target_of_0_and_not_known_otherwise(
    tmp_path: Path,
) -> None:
    _, none_there, unknown = locate_objects(photos(tmp_path, TWO)).boxes
    assert none_there is not None
    assert none_there.shape == (0, 4)
    assert unknown is None
    without = Dataset(np.array(["a.jpg"]), (tmp_path / "a.jpg",), np.array([3.0]))
    assert locate_objects(without).in_frame((64, 64), "squash") == [None]


BAD = [
    (
        TWO[:1],
        "photos with other numbers of boxes or points than their target; complete their rows, or "
        "remove them all, so that the target alone is learned; where only a part of a photo is "
        "labelled, data.areas says which:\n  - a.jpg: 1 row, target 2",
    ),
    (
        [*TWO[:1], ("a.jpg", 90, 10, 110, 20)],
        "photos with boxes or points that end outside of them; they must be in pixels of the photo "
        "as a viewer shows it:\n  - a.jpg, of 100 x 50 pixels",
    ),
    (
        [("a.jpg", 0, 0, 20, 60), ("a.jpg", 0, 0, 9, 95)],
        "photos with boxes or points that end outside of them; they must be in pixels of the photo "
        "as a viewer shows it; x and y look as if they were swapped:\n"
        "  - a.jpg, of 100 x 50 pixels",
    ),
]


@pytest.mark.parametrize(("rows", "message"), BAD)
def test_rows_that_cannot_be_right_are_named(
    tmp_path: Path, rows: list[tuple[str, float, float, float, float]], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        locate_objects(photos(tmp_path, rows))
    assert str(caught.value) == message


def test_places_in_per_cent_are_refused(tmp_path: Path) -> None:
    names = np.array([f"{number}.png" for number in range(5)])
    for name in names:
        Image.new("L", (900, 500)).save(tmp_path / name)
    places = [(name, at, at, at, at) for name in names for at in (10.0, 50.0, 60.0, 95.0)]
    objects = pd.DataFrame(places, columns=["name", "xmin", "ymin", "xmax", "ymax"])
    paths = tuple(tmp_path / name for name in names)
    with pytest.raises(InputError, match="all 20 objects lie within 0 to 100"):
        locate_objects(Dataset(names, paths, np.full(5, 4.0), objects=objects))

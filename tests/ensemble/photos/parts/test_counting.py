"""Areas and counted regions of labelled photos, as ``read_training`` reads them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.photos.dataset import Dataset
from ensemble.photos.training_table import read_training

POINTS = "name,x,y\na.png,5,5\na.png,20,10\nb.png,70,20\n"
AREAS = "name,xmin,ymin,xmax,ymax\na.png,0,0,30,30\nb.png,60,0,90,40\n"
TARGETS = "name,target\na.png,\nb.png,\nc.png,4\n"
COUNTS = (
    "name,xmin,ymin,xmax,ymax,count\na.png,0,0,30,30,2\na.png,30,0,60,30,3.5\nb.png,0,0,9,9,0\n"
)


def read(folder: Path, train: str = TARGETS, **tables: str) -> Dataset:
    """Read tables; each is written as the file of its name."""
    (folder / "images").mkdir(exist_ok=True)
    for name in ("a.png", "b.png", "c.png"):
        Image.new("L", (100, 50)).save(folder / "images" / name)
    (folder / "train.csv").write_text(train)
    keys: dict[str, Any] = {}
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content)
        keys[name] = f"{name}.csv"
    return read_training(Data.model_validate({"folder": str(folder), **keys}), 0)


def test_without_a_target_that_of_an_area_is_the_number_of_objects_in_it(tmp_path: Path) -> None:
    found = read(tmp_path, points=POINTS, areas=AREAS)
    assert found.target.tolist() == [2, 1, 4]
    assert found.is_whole.tolist() == [False, False, True]
    assert sorted(found.parts) == ["a.png", "b.png"]


def test_an_area_without_rows_is_empty_and_several_are_one(tmp_path: Path) -> None:
    areas = AREAS + "a.png,20,0,50,30\n"
    found = read(tmp_path, points="name,x,y\na.png,45,5\n", areas=areas)
    assert found.target.tolist() == [1, 0, 4]
    assert found.parts["a.png"].area is not None
    assert found.parts["a.png"].area.area == 1500


def test_a_target_stays_that_of_the_whole_photo(tmp_path: Path) -> None:
    train = "name,target\na.png,7\nb.png,1\nc.png,4\n"
    found = read(tmp_path, train, points=POINTS, areas=AREAS)
    assert found.target.tolist() == [7, 1, 4]
    assert found.is_whole.all()


def test_an_object_counts_where_its_centre_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    boxes = "name,xmin,ymin,xmax,ymax\na.png,10,10,20,20\na.png,26,10,36,20\nb.png,55,5,69,15\n"
    with caplog.at_level(logging.INFO, "ensemble"):
        found = read(tmp_path, boxes=boxes, areas=AREAS)
    assert found.target.tolist() == [1, 1, 4]
    assert found.objects is not None
    assert found.objects["xmin"].tolist() == [10, 55]
    assert caplog.messages == [
        "1 object whose centre is outside of the area that they reach into: left out, as an object "
        "counts where its centre is"
    ]


def test_without_a_target_that_of_regions_is_their_sum(tmp_path: Path) -> None:
    found = read(tmp_path, counts=COUNTS)
    assert found.target.tolist() == [5.5, 0, 4]
    assert found.parts["a.png"].counts == (2, 3.5)
    assert found.is_whole.tolist() == [False, False, True]


def test_photos_that_are_drawn_for_a_trial_keep_their_parts(tmp_path: Path) -> None:
    taken = read(tmp_path, counts=COUNTS).take([1, 2])  # type: ignore[arg-type]
    assert list(taken.parts) == ["b.png"]
    assert taken.is_whole.tolist() == [False, True]


WHOLE = "name,target\na.png,2\nb.png,3\nc.png,4\n"
BAD: list[tuple[dict[str, str], str]] = [
    (
        {"points": POINTS + "b.png,10,10\nb.png,12,10\n", "areas": AREAS},
        "objects that lie outside of the areas of their photo in areas.csv; enlarge the areas, if "
        "all objects in them are labelled, or remove these objects:\n"
        "  - b.png: 2 of 3 objects, the first at 10, 10",
    ),
    (
        {"train": "name,target\na.png,1\nb.png,\nc.png,4\n", "points": POINTS, "areas": AREAS},
        "photos with more in their parts than their target, which is the count of the whole photo; "
        "leave it empty where that is not known:\n  - a.png: 2, target 1",
    ),
    (
        {"train": "name,target\na.png,2\nb.png,1\nc.png,4\n", "points": POINTS, "areas": AREAS},
        "train.csv: the target is the count of the whole photo, but for each photo with areas it "
        "is the number of objects in them; leave these targets empty, or, where nothing lies "
        "outside of the areas, remove the photos from areas.csv:\n  - a.png: 2\n  - b.png: 1",
    ),
    (
        {"train": WHOLE, "counts": COUNTS},
        "photos with more in their parts than their target, which is the count of the whole photo; "
        "leave it empty where that is not known:\n  - a.png: 5.5, target 2",
    ),
    (
        {"counts": COUNTS, "points": POINTS},
        "photos with places of objects and counts in regions both; keep those of one (where places "
        "are known in a part of a photo only, data.areas says in which):\n  - a.png\n  - b.png",
    ),
    (
        {"counts": COUNTS, "areas": AREAS, "points": "name,x,y\n"},
        "photos with rows both in areas.csv and counts.csv; keep those of one:\n"
        "  - a.png\n  - b.png",
    ),
]


@pytest.mark.parametrize(("tables", "message"), BAD)
def test_labels_that_do_not_agree_are_named(
    tmp_path: Path, tables: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, **tables)
    assert str(caught.value).replace(f"{tmp_path}/", "") == message


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"counts": COUNTS + "a.png,20,20,40,40,1\n"}, "a.png: lines 2 and 5\n  - a.png: lines 3"),
        ({"counts": COUNTS + "b.png,9,9,20,20,-1\n"}, "count must not be negative:\n  - line 5"),
        ({"counts": COUNTS + "b.png,9,9,20,20,\n"}, "count must be a number:\n  - line 5: ''"),
        ({"counts": COUNTS[:-1] + "\nx.png,9,9,20,20,1\n"}, "photos that train.csv does not list"),
        (
            {"counts": COUNTS, "train": TARGETS[:-2] + "\n"},
            "target must be a number; only photos of data.areas and data.counts may be without "
            "one:\n  - line 4: ''",
        ),
    ],
)
def test_mistakes_in_the_tables_are_named(
    tmp_path: Path, tables: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, **tables)
    assert message in str(caught.value)


def test_regions_may_share_a_border(tmp_path: Path) -> None:
    counts = COUNTS + "a.png,59.9,0,90,30,1\n"
    assert read(tmp_path, counts=counts).target[0] == 6.5

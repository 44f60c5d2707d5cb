from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.photos.training_table import read_training


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.png", "a.png", "sub dir/ü.png", "c.png"):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(path)
    (tmp_path / "train.csv").write_text(
        "photo,n,who,w\nb.png,2,x,1\na.png,1,y,0\nsub dir/ü.png,3,x,2.5\n", encoding="utf-8"
    )
    (tmp_path / "boxes.csv").write_text(
        "photo,l,t,r,b\nb.png,0,0,4,4\nb.png,1.5,2,3,8\nsub dir/ü.png,0,0,1,1\n", encoding="utf-8"
    )
    return tmp_path


def data(folder: Path, columns: dict[str, Any] | None = None, **keys: Any) -> Data:
    names = {"name": "photo", "target": "n", **(columns or {})}
    return Data.model_validate({"folder": str(folder), "columns": names, **keys})


def test_photos_are_ordered_by_name_whatever_the_order_of_the_table(folder: Path) -> None:
    found = read_training(data(folder, {"group": "who", "weight": "w"}), seed=0)
    assert found.names.tolist() == ["a.png", "b.png", "sub dir/ü.png"]
    assert found.target.tolist() == [1.0, 2.0, 3.0]
    assert found.group is not None
    assert found.group.tolist() == ["y", "x", "x"]
    assert found.weight is not None
    assert found.weight.tolist() == [0.0, 1.0, 2.5]
    assert [path.name for path in found.paths] == ["a.png", "b.png", "ü.png"]


def test_boxes_belong_to_their_photos(folder: Path) -> None:
    found = read_training(data(folder, {"box": ["l", "t", "r", "b"]}, boxes="boxes.csv"), seed=0)
    assert found.objects is not None
    assert found.objects.query("name == 'b.png'")[
        ["xmin", "ymin", "xmax", "ymax"]
    ].to_numpy().tolist() == [[0, 0, 4, 4], [1.5, 2, 3, 8]]


def test_limit_is_a_seeded_choice_of_photos_and_of_their_boxes(folder: Path) -> None:
    limited = data(folder, {"box": ["l", "t", "r", "b"]}, boxes="boxes.csv", limit=2)
    chosen = [read_training(limited, seed).names.tolist() for seed in range(8)]
    assert all(len(names) == 2 and names == sorted(names) for names in chosen)
    assert len({tuple(names) for names in chosen}) > 1
    assert chosen[3] == read_training(limited, 3).names.tolist()
    found = read_training(limited, 3)
    assert found.objects is not None
    assert set(found.objects["name"]) <= set(found.names)


@pytest.mark.parametrize("points", ["", "a.png,3,4\n"])
def test_a_table_of_places_may_have_no_rows(folder: Path, points: str) -> None:
    (folder / "none.csv").write_text("photo,l,t,r,b\n,,,,\n")
    (folder / "points.csv").write_text(f"photo,x,y\n{points}")
    columns = {"box": ["l", "t", "r", "b"]}
    both = data(folder, columns, boxes="none.csv", points="points.csv")
    found = read_training(both, seed=0).objects
    assert found is not None
    assert len(found) == bool(points)
    assert found["xmin"].dtype == float


def test_points_are_boxes_without_extent(folder: Path) -> None:
    (folder / "points.csv").write_text("photo,x,y\na.png,3,4\n")
    found = read_training(data(folder, {}, points="points.csv"), seed=0).objects
    assert found is not None
    assert found.to_numpy().tolist() == [["a.png", 3.0, 4.0, 3.0, 4.0]]


def test_every_table_may_spell_a_photo_in_its_own_way(folder: Path) -> None:
    (folder / "train.csv").write_text("photo,n\nb,2\na.PNG,1\n")
    (folder / "boxes.csv").write_text("photo,xmin,ymin,xmax,ymax\nb.png,0,0,4,4\n.\\a,1,1,3,3\n")
    (folder / "points.csv").write_text("photo,x,y\nimages/b.png,3,4\n")
    found = read_training(data(folder, {}, boxes="boxes.csv"), seed=0)
    assert found.names.tolist() == ["a.PNG", "b"]
    assert [path.name for path in found.paths] == ["a.png", "b.png"]
    assert found.objects is not None
    assert found.objects["name"].tolist() == ["b", "a.PNG"]
    with pytest.raises(InputError, match=r"both in boxes\.csv and points\.csv; .*:\n  - b"):
        read_training(data(folder, {}, boxes="boxes.csv", points="points.csv"), seed=0)


def test_every_table_is_read_as_the_config_says(folder: Path) -> None:
    (folder / "train.csv").write_text("photo;n;w\nb.png;2,5;0,5\na.png;1;1\n")
    (folder / "points.csv").write_text("photo;x;y\nb.png;3,25;4\n", encoding="utf-16")
    form = {"separator": ";", "decimal": ","}
    with pytest.raises(InputError, match=r"points\.csv is not UTF-8; it looks like UTF-16"):
        read_training(data(folder, {"weight": "w"}, points="points.csv", **form), seed=0)
    (folder / "points.csv").write_text("photo;x;y\nb.png;3,25;4\n")
    found = read_training(data(folder, {"weight": "w"}, points="points.csv", **form), 0)
    assert found.target.tolist() == [1.0, 2.5]
    assert found.weight is not None
    assert found.weight.tolist() == [1.0, 0.5]
    assert found.objects is not None
    assert found.objects.to_numpy().tolist() == [["b.png", 3.25, 4.0, 3.25, 4.0]]


def test_places_that_are_no_pixels_are_refused(folder: Path) -> None:
    (folder / "points.csv").write_text("photo,x,y\n" + 3 * "b.png,0.5,0.25\n")
    with pytest.raises(InputError, match=r"points\.csv: all of x, y lie within 0 to 0\.5, in the"):
        read_training(data(folder, {}, points="points.csv"), seed=0)
    (folder / "boxes.csv").write_text("photo,xmin,ymin,xmax,ymax\nb.png,6,6,2,2\n")
    with pytest.raises(InputError, match="width and height, as it seems, add the first two"):
        read_training(data(folder, {}, boxes="boxes.csv"), seed=0)


def test_a_photo_has_boxes_or_points(folder: Path) -> None:
    (folder / "points.csv").write_text("photo,x,y\na.png,3,4\nb.png,1,1\n")
    (folder / "boxes.csv").write_text("photo,xmin,ymin,xmax,ymax\na.png,0,0,1,1\n")
    with pytest.raises(InputError) as caught:
        read_training(data(folder, {}, boxes="boxes.csv", points="points.csv"), seed=0)
    assert str(caught.value) == (
        "photos with rows both in boxes.csv and points.csv; keep those of one:\n  - a.png"
    )


MISTAKES = [
    (
        "train.csv",
        "photo,n\na.png,1\na.png,2\n",
        {},
        "a photo may be listed once:\n  - line 3: 'a.",
    ),
    ("train.csv", 'photo,n\n"",1\n', {}, "photo is empty:\n  - line 2: ''"),
    ("train.csv", "photo,n\nzz.png,1\n../x.png,2\n", {}, "zz.png"),
    ("train.csv", "photo,n,w\na.png,1,-1\n", {"weight": "w"}, "must not be negative:\n  - line 2"),
    ("train.csv", "photo,n,w\na.png,1,0\n", {"weight": "w"}, "w is 0 for every photo"),
    (
        "boxes.csv",
        "photo,xmin,ymin,xmax,ymax\nq.png,0,0,1,1\n",
        {},
        "does not list:\n  - line 2: 'q",
    ),
    ("boxes.csv", "photo,xmin,ymin,xmax,ymax\na.png,5,0,1,1\n", {}, "line 2: [5.0, 0.0, 1.0, 1.0]"),
]


@pytest.mark.parametrize(("file", "content", "columns", "message"), MISTAKES)
def test_mistakes_are_named_with_their_lines(
    folder: Path, file: str, content: str, columns: dict[str, str], message: str
) -> None:
    (folder / file).write_text(content)
    boxes = "boxes.csv" if file == "boxes.csv" else None
    with pytest.raises(InputError) as caught:
        read_training(data(folder, columns, boxes=boxes), seed=0)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (
            {"minimum": 2},
            "n must lie from data.minimum 2 to data.maximum ∞:\n  - line 3: 1",
        ),
        (
            {"minimum": 1.5, "maximum": 2.5},
            "n must lie from data.minimum 1.5 to data.maximum 2.5:\n  - line 3: 1\n  - line 4: 3",
        ),
    ],
)
def test_targets_outside_of_the_limits_are_named(
    folder: Path, limits: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_training(data(folder, **limits), seed=0)
    assert str(caught.value) == f"{folder / 'train.csv'}: {message}"
    assert read_training(data(folder, minimum=1, maximum=3), seed=0).target.max() == 3.0


@pytest.mark.parametrize("column", ["n", "w"])
def test_targets_and_weights_with_signs_of_thousands_are_refused(folder: Path, column: str) -> None:
    other = {"n": "w", "w": "n"}[column]
    (folder / "train.csv").write_text(f"photo,{column},{other}\nb.png,1.250,1\na.png,950,2\n")
    with pytest.raises(InputError, match=rf"train\.csv: {column} has '1\.250' beside '950'"):
        read_training(data(folder, {"weight": "w"}), seed=0)


def test_groups_are_numbers_as_the_config_writes_them(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "train.csv").write_text("photo;n;who\nb.png;1;2,0\na.png;2;2\n")
    written = data(folder, {"group": "who"}, separator=";", decimal=",")
    read_training(written, seed=0)
    assert "equal as numbers count as different groups: '2,0' and '2'" in caplog.text


@pytest.mark.parametrize("name", ["zz.jpg", "zz", "ZZ.JPG", r".\zz.jpeg"])
def test_places_of_a_photo_that_is_missing_are_its_own_however_spelled(
    folder: Path, name: str
) -> None:
    (folder / "train.csv").write_text("photo,n\nb.png,2\nzz.jpg,1\n")
    (folder / "points.csv").write_text(f"photo,x,y\n{name},3,4\n")
    skipping = data(folder, points="points.csv", on_bad_photo="skip")
    found = read_training(skipping, seed=0).objects
    assert found is not None
    assert found["name"].tolist() == ["zz.jpg"]
    for other in ("zzz", "zz.png"):
        (folder / "points.csv").write_text(f"photo,x,y\n{other},3,4\n")
        with pytest.raises(InputError, match=r"photos that train\.csv does not list"):
            read_training(skipping, seed=0)

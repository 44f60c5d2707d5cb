"""A fit whose objects come out of an annotation tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble import fit
from tests.ensemble.brightness import maps_entry, save_network

#: Width and height of the photos.
SIZE = (64, 32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos with bright squares, the table of their counts, and that of the squares."""
    draw = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    rows, boxes = [], []
    for number in range(12):
        name, photo = f"{number:02d}.png", Image.new("RGB", SIZE, (30, 40, 50))
        for _ in range(number % 4):
            x, y, side = (int(one) for one in draw.integers((0, 0, 4), (50, 20, 12)))
            photo.paste((250, 240, 230), (x, y, x + side, y + side))
            boxes.append((name, x, y, x + side, y + side))
        photo.save(tmp_path / "images" / name)
        rows.append((name, number % 4))
    columns = ["name", "xmin", "ymin", "xmax", "ymax"]
    pd.DataFrame(boxes, columns=columns).to_csv(tmp_path / "boxes.csv", index=False)
    pd.DataFrame(rows, columns=["name", "target"]).to_csv(tmp_path / "train.csv", index=False)
    save_network(tmp_path / "small.keras")
    return tmp_path


def as_coco(folder: Path) -> str:
    names = pd.read_csv(folder / "train.csv")["name"].tolist()[::-1]
    boxes = pd.read_csv(folder / "boxes.csv").itertuples(index=False)
    marks = [
        {"image_id": name, "category_id": 3, "bbox": [left, top, right - left, lower - top]}
        for name, left, top, right, lower in boxes
    ]
    width, height = SIZE
    images = [{"id": one, "file_name": one, "width": width, "height": height} for one in names]
    categories = [{"id": 3, "name": "square"}]
    return json.dumps({"images": images, "annotations": marks, "categories": categories})


def run(folder: Path, name: str, **data: Any) -> Path:
    config = {
        "data": {"folder": str(folder), **data},
        "backbones": [maps_entry(str(folder / "small.keras"))],
        "folds": {"n": 2},
        "stack": "mean",
        "engine": "tensorflow",
        "cache_dir": str(folder / f"cache_{name}"),
    }
    fit(config, run_dir=folder / name)
    return folder / name


@pytest.mark.slow
def test_a_fit_is_that_of_the_table_of_the_same_boxes(folder: Path) -> None:
    (folder / "coco.json").write_text(as_coco(folder))
    of_table = run(folder, "table", boxes="boxes.csv")
    of_coco = run(folder, "coco", objects={"format": "coco", "path": "coco.json"})
    without = run(folder, "without")
    expected = (of_table / "oof.csv").read_bytes()
    assert (of_coco / "oof.csv").read_bytes() == expected
    assert (without / "oof.csv").read_bytes() != expected


def test_other_numbers_of_objects_than_the_target_are_refused(folder: Path) -> None:
    content = json.loads(as_coco(folder))
    del content["annotations"][1]
    (folder / "coco.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"than their target;(.|\n)*- 02\.png: 1 row, target 2"):
        run(folder, "coco", objects={"format": "coco", "path": "coco.json"})

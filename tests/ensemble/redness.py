"""Photos with two targets, how bright and how red they are, and a config that learns both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from tests.ensemble.brightness import HEADS, save_network

#: The names of columns may hold anything.
LIGHT, RED = "light", "red [%]"

TARGETS = [LIGHT, RED]


def draw_project(folder: Path, count: int = 24, new: int = 6) -> None:
    """Write photos, ``train.csv``, ``test.csv`` with the targets of others, and a network."""
    draw = np.random.default_rng(0)
    (folder / "images").mkdir(parents=True)
    rows = []
    for number in range(count + new):
        light, red = draw.uniform(40, 190), draw.uniform(-30, 30)
        pixels = draw.normal(light, 10, (32, 32, 3)) + np.array([red, 0, -red])
        name = f"{number:02d}.png"
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / "images" / name)
        rows.append((name, round(light / 10, 3), round(red + 40, 3)))
    table = pd.DataFrame(rows, columns=["photo", LIGHT, RED])
    table[:count].to_csv(folder / "train.csv", index=False)
    table[count:].to_csv(folder / "test.csv", index=False)
    save_network(folder / "small.keras")


def config(folder: Path, target: Any = TARGETS, **data: Any) -> dict[str, Any]:
    """The config of such a project."""
    columns = {"name": "photo", "target": target}
    network = {"model": str(folder / "small.keras"), "preprocessing": "tf"}
    return {
        "data": {"folder": str(folder), "test": "test.csv", "columns": columns, **data},
        "backbones": [{**network, "layers": ["first", "second"], "heads": HEADS}],
        "folds": {"n": 3},
        "engine": "tensorflow",
    }

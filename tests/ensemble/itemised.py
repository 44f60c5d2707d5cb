"""Things of which several photos were taken, and whose target is how bright their views are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from tests.ensemble.brightness import save_network

COLUMNS = {"name": "photo", "target": "light", "item": "thing", "view": "side"}


def draw_items(folder: Path, count: int = 24, seed: int = 0, called: str = "thing") -> pd.DataFrame:
    """Write photos of things; returns ``photo, thing, side, light``, in an order by chance.

    Each thing has a `front`, all but every third a `back`, and every fourth a second `front`. Its
    target is twice the brightness of its front, less that of its back, and so in no photo alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw, rows = np.random.default_rng(seed), []
    for number in range(count):
        front, back = draw.uniform(20, 230, 2)
        sides = [("front", front)] + [("back", back)] * (number % 3 > 0)
        sides += [("front", front)] * (number % 4 == 0)
        for place, (side, level) in enumerate(sides):
            pixels = np.clip(level + draw.normal(0, 20, (32, 32, 3)), 0, 255).astype(np.uint8)
            name = f"{called}_{number:02d}_{place}.png"
            Image.fromarray(pixels).save(folder / name)
            light = round((2 * front - (back if number % 3 else front) + 250) / 10, 2)
            rows.append((name, f"{called} {number}", side, light))
    table = pd.DataFrame(rows, columns=["photo", "thing", "side", "light"])
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


def item_config(folder: Path, **changes: Any) -> dict[str, Any]:
    """A config of what ``draw_project`` has written."""
    entry = {
        "name": "small",
        "model": str(folder / "small.keras"),
        "preprocessing": "tf",
        "layers": ["first", "second"],
        "heads": ["ridge"],
    }
    config = {
        "data": {"folder": str(folder), "test": "test.csv", "columns": dict(COLUMNS)},
        "backbones": [entry],
        "folds": {"n": 3, "near_copies": "ignored"},
        "engine": "tensorflow",
        "cache_dir": str(folder / "cache"),
    }
    return config | changes


def draw_project(folder: Path, count: int = 24) -> pd.DataFrame:
    """Write a network, photos, ``train.csv`` and ``test.csv``; returns the first table."""
    save_network(folder / "small.keras")
    train = draw_items(folder / "images", count)
    train.to_csv(folder / "train.csv", index=False)
    new = draw_items(folder / "images", 8, seed=1, called="new")
    new.to_csv(folder / "test.csv", index=False)
    return train

"""Photos whose target is how bright they are, and a network of two layers that sees it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from backbones.networks.catalog import import_keras
from ensemble.heads import canonical

#: Heads on the network's pooled features.
HEADS: list[Any] = ["ridge", {"head": "svr", "target": "sqrt", "parameters": {"C": 10.0}}]


def draw_photos(folder: Path, count: int = 24, seed: int = 0) -> pd.DataFrame:
    """Write noise of different brightness; returns the columns ``photo`` (path) and ``light``."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        level = draw.uniform(20, 230)
        pixels = np.clip(level + draw.normal(0, 20, (32, 32, 3)), 0, 255).astype(np.uint8)
        path = folder / f"{number:02d}.png"
        Image.fromarray(pixels).save(path)
        rows.append((str(path), level / 10))
    return pd.DataFrame(rows, columns=["photo", "light"])


def save_network(path: Path) -> str:
    """Write a tiny network of two convolutions as a ``.keras`` file; returns its path.

    The same bytes each time: what Keras saves states the time.
    """
    path.write_bytes(_network())
    return str(path)


@cache
def _network() -> bytes:
    keras = import_keras()
    layers = keras.layers
    first, second = keras.initializers.GlorotUniform(0), keras.initializers.GlorotUniform(1)
    photos = keras.Input((32, 32, 3))
    maps = layers.Conv2D(
        4, 4, strides=4, activation="relu", kernel_initializer=first, name="first"
    )(photos)
    maps = layers.Conv2D(
        6, 3, padding="same", activation="relu", kernel_initializer=second, name="second"
    )(maps)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "small.keras"
        keras.Model(photos, maps, name="small").save(file)
        return canonical.keras(file.read_bytes())


def pooled_entry(model: str) -> dict[str, Any]:
    """A backbone with pooled features of both layers."""
    entry = {"model": model, "preprocessing": "tf", "layers": ["first", "second"]}
    return {**entry, "heads": HEADS}


def maps_entry(model: str) -> dict[str, Any]:
    """A backbone with whole maps of the same network, and a density head."""
    parameters = {"stride": 4, "width": 6, "epochs": 1, "least_steps": 3}
    return {
        "name": "maps",
        "model": model,
        "preprocessing": "tf",
        "layers": ["first", "second"],
        "pooling": "none",
        "heads": [{"head": "density", "parameters": parameters}],
    }

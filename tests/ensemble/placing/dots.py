"""Photos of white dots at known places, and a network that sees them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from backbones.networks.catalog import import_keras

#: Height and width of a landscape; a portrait has them the other way round.
SIDES = (128, 192)

#: Height and width of what the network sees.
INPUT = (64, 96)

CONFIG = """\
cache_dir: ${FOLDER}/cache
data:
  folder: ${FOLDER}/data
  points: points.csv
  columns: {name: photo, target: dots, polygon: outline}
  minimum: 0
backbones:
  - name: seen
    model: ${FOLDER}/seen.keras
    preprocessing: tf
    layers: [fine]
    resize: letterbox
    pooling: none
    heads:
      - head: density
        parameters: {stride: 8, width: 24, least_steps: 150, learning_rate: 0.01}
folds: {n: 2}
stack: mean
engine: tensorflow
"""


def save_network(path: Path) -> None:
    """A network that tells how bright each 4 x 4 pixels are."""
    keras = import_keras()
    photos = keras.Input((*INPUT, 3))
    maps = keras.layers.AveragePooling2D(4, name="fine")(photos)
    keras.Model(photos, maps, name="seen").save(path)


def draw_dots(folder: Path, photos: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write landscapes and portraits in turn; returns how many dots each has, and their centres."""
    random = np.random.default_rng(seed)
    turns = (SIDES[:: 1 if number % 2 == 0 else -1] for number in range(photos))
    return write_dots(folder, (dots(random, one, int(random.integers(0, 6))) for one in turns))


def write_dots(folder: Path, drawn: Iterable[tuple[Any, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write photos, of which the pixels and centres are given; the same tables."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: list[tuple[str, int]] = []
    points: list[tuple[str, float, float]] = []
    for number, (pixels, centres) in enumerate(drawn):
        name = f"{number:02d}.png"
        Image.fromarray(pixels).save(folder / name)
        counts.append((name, len(centres)))
        points += [(name, x, y) for x, y in centres]
    return (
        pd.DataFrame(counts, columns=["photo", "dots"]),
        pd.DataFrame(points, columns=["photo", "x", "y"]),
    )


def make_project(folder: Path, tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Write the tables of the photos in ``data``, and the network, as a config names them."""
    counts, points = tables
    counts.to_csv(folder / "data" / "train.csv", index=False)
    points.to_csv(folder / "data" / "points.csv", index=False)
    save_network(folder / "seen.keras")


def dots(random: np.random.Generator, sides: tuple[int, int], count: int) -> tuple[Any, Any]:
    """RGB pixels, and the centres (x, y) of dots far from each other and from the border."""
    height, width = sides
    side = 8 if width > height else 12  # both are 4 pixels of what the network sees
    pixels = random.integers(0, 20, (height, width, 3), dtype=np.uint8)
    centres: list[tuple[float, float]] = []
    while len(centres) < count:
        x, y = random.integers(side, width - side), random.integers(side, height - side)
        if all(max(abs(x - a), abs(y - b)) >= 6 * side for a, b in centres):
            centres.append((float(x), float(y)))
            pixels[y - side // 2 : y + side // 2, x - side // 2 : x + side // 2] = 255
        elif random.random() < 0.02:
            break  # there may be no room left
    return pixels, centres

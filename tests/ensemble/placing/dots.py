"""Photos of white dots at known places, and a network that sees them."""

from __future__ import annotations

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
  columns: {name: photo, target: dots}
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
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    counts: list[tuple[str, int]] = []
    points: list[tuple[str, float, float]] = []
    for number in range(photos):
        sides = SIDES[:: 1 if number % 2 == 0 else -1]
        name = f"{number:02d}.png"
        pixels, centres = dots(random, sides, int(random.integers(0, 6)))
        Image.fromarray(pixels).save(folder / name)
        counts.append((name, len(centres)))
        points += [(name, x, y) for x, y in centres]
    return (
        pd.DataFrame(counts, columns=["photo", "dots"]),
        pd.DataFrame(points, columns=["photo", "x", "y"]),
    )


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

"""Small folders of drawn photos with tables, and a network whose file says how it scales pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from backbones.networks.catalog import import_keras
from ensemble.config.document import parse
from ensemble.proposal.proposing import Proposal

NAMES = [f"p{number:02d}.jpg" for number in range(24)]


def draw_cells(path: Path, seed: int) -> list[tuple[int, int]]:
    """Draw a photo of 96 x 64 pixels with 1 to 8 light cells; returns their centres (x, y)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    photo = Image.fromarray(draw.integers(0, 60, (64, 96, 3), dtype=np.uint8))
    pencil = ImageDraw.Draw(photo)
    centres = [(int(draw.integers(6, 90)), int(draw.integers(6, 58))) for _ in range(1 + seed % 8)]
    for x, y in centres:
        pencil.ellipse((x - 4, y - 4, x + 4, y + 4), fill="white")
    photo.save(path)
    return centres


def write_lines(path: Path, lines: Sequence[str], encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding=encoding)


def draw_labelled(folder: Path, names: Sequence[str], table: Path, header: str, row: str) -> None:
    """Draw a photo of each name, and write a table.

    `row` is formatted with `name`, with `stem` (its last part without suffix) and `number`.
    """
    for number, name in enumerate(names):
        draw_cells(folder / name, number)
    rows = [
        row.format(name=name, stem=Path(name).stem, number=number)
        for number, name in enumerate(names)
    ]
    write_lines(table, [header, *rows])


def save_scaling_network(home: Path) -> Path:
    """A tiny network in a folder for KERAS_HOME, which brings pixels to its own scale."""
    home.mkdir(parents=True, exist_ok=True)
    keras = import_keras()
    photos = keras.Input((None, None, 3))
    scaled = keras.layers.Rescaling(1 / 255)(photos)
    kernel = keras.initializers.GlorotUniform(0)
    maps = keras.layers.Conv2D(
        8, 8, strides=8, activation="relu", kernel_initializer=kernel, name="maps"
    )(scaled)
    file = home / "tiny-net.keras"
    keras.Model(photos, maps, name="tiny").save(file)
    return file


def save_mapping_network(file: Path, seed: int = 0, scales: bool = True) -> Path:
    """A tiny network of any size with maps of half and of whole depth."""
    file.parent.mkdir(parents=True, exist_ok=True)
    keras = import_keras()
    photos = maps = keras.Input((None, None, 3))
    if scales:
        maps = keras.layers.Rescaling(1 / 255)(maps)
    for number, (name, stride) in enumerate((("half", 16), ("whole", 2))):
        kernel = keras.initializers.GlorotUniform(seed + number)
        maps = keras.layers.Conv2D(
            6, stride, stride, activation="relu", kernel_initializer=kernel, name=name
        )(maps)
    keras.Model(photos, maps, name="mapping").save(file)
    return file


def draw(folder: Path, table: str, header: str = "f,v", row: str = "{name},{number}") -> None:
    """Draw a photo of each of ``NAMES``, and write a table in the folder."""
    draw_labelled(folder, NAMES, folder / table, header, row)


def data(proposal: Proposal) -> dict[str, Any]:
    """The data section of a proposed config."""
    content: dict[str, Any] = parse(proposal.text, "the proposal")
    return dict(content["data"])

"""The readers of tables: of targets, and of places."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkdtemp

import atheris

with atheris.instrument_imports(include=["ensemble.photos", "backbones", "csv", "encodings"]):
    from ensemble.config.data import Data
    from ensemble.photos.objects import locate_objects
    from ensemble.photos.training_table import read_training

from PIL import Image

from tests.fuzz.fuzzer import fuzz

#: What stands between the two tables of an input.
BORDER = b"\n=====\n"

FOLDER = Path(mkdtemp(prefix="tables"))


def read(data: bytes) -> None:
    targets, _, places = data.partition(BORDER)
    (FOLDER / "train.csv").write_bytes(targets)
    (FOLDER / "boxes.csv").write_bytes(places)
    content = {"folder": str(FOLDER), "columns": {"group": "group"}}
    photos = read_training(Data.model_validate({**content, "boxes": "boxes.csv"}), seed=0)
    locate_objects(photos)


if __name__ == "__main__":
    os.makedirs(FOLDER / "images")
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (9, 7)).save(FOLDER / "images" / name)
    fuzz(read)

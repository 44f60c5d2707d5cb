"""A small run of two networks that these tests open."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from ensemble.run import Run
from ensemble.runs.manifest import MANIFEST
from ensemble.training import fit

#: The photos that no head has seen.
NEW = 2


def make_photos(folder: Path) -> Path:
    """Draws grey noise, brighter from photo to photo, and writes ``train.csv`` of its level."""
    draw = np.random.default_rng(0)
    levels = np.linspace(20, 230, 20)
    for place in ("images", "new"):
        (folder / place).mkdir(parents=True)
    for number, level in enumerate([*levels, 60, 180][: len(levels) + NEW]):
        pixels = np.clip(draw.normal(level, 20, (40, 48, 3)), 0, 255).astype(np.uint8)
        place = "images" if number < len(levels) else "new"
        Image.fromarray(pixels).save(folder / place / f"{number:02d}.png")
    names = [f"{number:02d}.png" for number in range(len(levels))]
    table = pd.DataFrame({"photo": names, "light": levels / 10})
    table.to_csv(folder / "train.csv", index=False)
    return folder / "new"


def make_model(path: Path, seed: int = 0) -> Path:
    """Saves a convolution of random weights as a ``.keras`` file."""
    import keras

    keras.utils.set_random_seed(seed)
    photos = keras.Input((32, 32, 3))
    maps = keras.layers.Conv2D(6, 4, strides=4, activation="relu", name="first")(photos)
    keras.Model(photos, maps, name="small").save(path)
    return path


def config(folder: Path, **changes: Any) -> dict[str, Any]:
    """A saved model and the smallest builder of Keras, with a ridge each."""
    own = {"model": str(folder / "small.keras"), "preprocessing": "tf"}
    tiny = {
        "application": "MobileNet",
        "arguments": {"alpha": 0.25},
        "weights": "random",
        "image_size": [64, 64],
        "layers": ["conv_pw_2_relu"],
    }
    return {
        "data": {"folder": str(folder), "columns": {"name": "photo", "target": "light"}},
        "backbones": [
            {"name": "own", "heads": ["ridge"], **own},
            {"name": "tiny", "heads": [{"head": "svr", "target": "sqrt"}], **tiny},
        ],
        "folds": {"n": 3},
        "engine": "tensorflow",
        "cache_dir": str(folder / "cache"),
        **changes,
    }


def fit_small(folder: Path, **changes: Any) -> Run:
    """Fits the config into ``folder / "run"``."""
    make_photos(folder)
    make_model(folder / "small.keras")
    return fit(config(folder, **changes), run_dir=folder / "run")


def change(run: Path, file: str, content: bytes) -> None:
    """Another content of a file, which the manifest then vouches for."""
    (run / file).write_bytes(content)
    manifest = json.loads((run / MANIFEST).read_text())
    digest = hashlib.sha256(content).hexdigest()
    manifest["files"][file] = {"bytes": len(content), "sha256": digest}
    (run / MANIFEST).write_text(json.dumps(manifest))


def newer_run(folder: Path) -> Path:
    """Copies the run of format 1 and writes it as one of format 2, with its network beside it.

    It opens without Keras where ``small.keras`` is found from the working folder.
    """
    data = Path(__file__).parents[2] / "data" / "run_format_1"
    run = Path(shutil.copytree(data / "run", folder / "run"))
    shutil.copy(data / "small.keras", folder)
    content = json.loads((run / MANIFEST).read_text())
    (run / MANIFEST).write_text(json.dumps({**content, "format": 2}))
    described = json.loads((run / "backbones.json").read_text())
    for one in described.values():
        one |= {"image_size": [32, 32], "shapes": [[8, 8, 6]], "keras": "3.13.0"}
    change(run, "backbones.json", json.dumps(described).encode())
    # Features that are made in another way are for a probe to judge.
    versions = {**json.loads((run / "versions.json").read_text()), "features": "0"}
    change(run, "versions.json", json.dumps(versions).encode())
    return run

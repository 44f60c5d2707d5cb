"""Large photos, counted in tiles: how right, how fast, and in how much memory.

`python -m benchmarks.tiles`, with KERAS_HOME at hand for the imagenet weights of MobileNetV2. Ten
minutes on 2 cores, Linux.

Blobs are drawn as for `benchmarks.blobs`, twice as large. A density head learns from 8 pictures
of 1 megapixel, in tiles of 512 x 512 pixels that overlap by a quarter, by `python -m ensemble.fit`.
New pictures, of up to 169 megapixels, are counted by `open_run(...).predict`, each in a process of
its own: the most memory that it holds, beyond what it held when it had counted one tile, is that of
the picture; with the extra `large` it is decoded in part. The picture of 4 megapixels is also seen
whole, by the same network and the same head, which is what tiles must add up to.
"""

from __future__ import annotations

import json
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from backbones.networks.backbone import joint_network, resolve
from backbones.networks.catalog import import_keras
from backbones.photos.images import views
from benchmarks.blobs import LEAST, MOST, blobs
from benchmarks.report import parser, show
from ensemble import open_run
from ensemble.heads.density import Density
from ensemble.run import Run

#: Sides of the pictures that are counted, pixels.
SIDES = (1024, 2048, 5000, 10_000, 13_000)

#: The side of those to learn from, and of a tile; and how many there are.
SIDE, TILE, TRAINING = 1024, 512, 8

CONFIG = """\
cache_dir: {folder}/cache
data:
  folder: {folder}
  train: train.csv
  points: points.csv
  columns: {{name: picture, target: blobs}}
  minimum: 0
backbones:
  - name: maps
    application: MobileNetV2
    weights: {weights}
    image_size: [{tile}, {tile}]
    tile: {{size: [{tile}, {tile}], overlap: 0.25}}
    layers: [block_5_add, block_12_add]
    pooling: none
    heads: [density]
folds: {{n: 2}}
stack: mean
"""

#: Predicts a picture; says in what time, and how many kB it holds more at most meanwhile.
CHILD = """\
import json, sys, time
from pathlib import Path
from ensemble import open_run
def held(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))
run = open_run(sys.argv[1])
run.predict(sys.argv[2])
Path("/proc/self/clear_refs").write_text("5")  # the most begins anew
before, start = held("VmRSS"), time.perf_counter()
found = run.predict(sys.argv[3])["maps.density"][0]
print(json.dumps([found, time.perf_counter() - start, held("VmHWM") - before]))
"""


def draw(folder: Path, pictures: int, seed: int) -> None:
    """Pictures to learn from, with their tables."""
    (folder / "images").mkdir(parents=True)
    random = np.random.default_rng(seed)
    counts, points = [], []
    for number in range(pictures):
        name = f"{number}.png"
        centres = write_picture(folder / "images" / name, SIDE, random)
        counts.append((name, len(centres)))
        points += [(name, *centre) for centre in centres.tolist()]
    table = pd.DataFrame(counts, columns=["picture", "blobs"])
    table.to_csv(folder / "train.csv", index=False)
    pd.DataFrame(points, columns=["picture", "x", "y"]).to_csv(folder / "points.csv", index=False)


def write_picture(path: Path, side: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Write a picture of this side, and return the centres (n, 2) of its blobs, pixels."""
    count = int(random.integers(LEAST, MOST + 1)) * side**2 // TILE**2
    pixels, centres = blobs(random, side // 2, count)
    Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC).save(path)
    return 2 * centres


def count_by_tiles(folder: Path, run: Path, seed: int) -> Iterator[dict[str, Any]]:
    """A row for each picture."""
    random = np.random.default_rng(seed + 1)
    small = folder / "small.png"
    write_picture(small, TILE, random)
    for side in SIDES:
        path = folder / f"{side}.png"
        true = len(write_picture(path, side, random))
        arguments = [sys.executable, "-c", CHILD, str(run), str(small), str(path)]
        said = subprocess.run(arguments, check=True, capture_output=True).stdout  # nosec B603
        found, seconds, more = json.loads(said.splitlines()[-1])
        whole = count_whole(run, path) if side == 2 * SIDE else None
        yield {
            "megapixels": side**2 / 1e6,
            "blobs": true,
            "counted": found,
            "off, %": 100 * (found - true) / true,
            "off the whole, %": "" if whole is None else 100 * (found - whole) / whole,
            "seconds": seconds,
            "pixels, MB": 3 * side**2 / 1e6,
            "memory, MB": more / 1000,
        }


def count_whole(folder: Path, path: Path) -> float:
    """The count of a picture by the network and the head of a run, without tiles."""
    run = open_run(folder)
    assert isinstance(run, Run)
    head: Density = run.predictor.loaded.head("maps.density")  # type: ignore[assignment]
    (backbone,) = run.predictor.fitted.backbones
    side = Image.open(path).height
    changes = {"tile": None, "image_size": (side, side)}
    (whole,) = resolve([backbone.spec.model_copy(update=changes)], run.config.cache)
    seen = views(path.read_bytes(), str(path), [whole.view])[whole.view]
    maps = joint_network([whole])(seen[np.newaxis], training=False)
    ends = np.cumsum([h * w * c for h, w, c in whole.shapes])[:-1]
    rows = np.split(np.asarray(maps, dtype=np.float16), ends, axis=1)
    split = [row.reshape(1, *shape) for row, shape in zip(rows, whole.shapes, strict=True)]
    network = enlarge(head.network_, side // TILE)
    mirrored = network([one[:, :, ::-1] for one in split])
    return float((np.asarray(network(split)).sum() + np.asarray(mirrored).sum()) / 2)


def enlarge(network: Any, times: int) -> Any:
    """A density head's network for maps of so many times the height and width, the same weights."""
    keras = import_keras()
    config = network.get_config()
    for layer in config["layers"]:
        settings = layer["config"]
        layer.pop("build_config", None)
        if layer["class_name"] == "InputLayer":
            batch, height, width, channels = settings["batch_shape"]
            settings["batch_shape"] = (batch, times * height, times * width, channels)
        elif layer["class_name"] == "Reshape":
            settings["target_shape"] = [times * cells for cells in settings["target_shape"]]
        elif layer["class_name"] == "Resizing":
            settings["height"], settings["width"] = (
                times * settings["height"],
                times * settings["width"],
            )
    larger = keras.Model.from_config(config)
    larger.set_weights(network.get_weights())
    return larger


def main() -> None:
    made = parser(__doc__, photos=TRAINING)
    made.add_argument("--seed", type=int, default=0, help="of the pictures (default: %(default)s)")
    made.add_argument("--weights", default="imagenet", help="or random (default: %(default)s)")
    asked = made.parse_args()
    with TemporaryDirectory() as name:
        folder, run = Path(name), Path(name) / "run"
        draw(folder, asked.photos, asked.seed)
        (folder / "config.yaml").write_text(
            CONFIG.format(folder=folder, weights=asked.weights, tile=TILE)
        )
        arguments = ["ensemble.fit", str(folder / "config.yaml"), "--run-dir", str(run)]
        subprocess.run([sys.executable, "-m", *arguments], check=True)  # nosec B603
        show(list(count_by_tiles(folder, run, asked.seed)), asked.json)


if __name__ == "__main__":
    main()

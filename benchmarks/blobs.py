"""Another countable thing: overlapping blobs, of which 32 pictures are labelled.

`python -m benchmarks.blobs`, with KERAS_HOME at hand for the imagenet weights of MobileNetV2. Two
minutes on 2 cores, Linux.

The pictures are drawn like fluorescent cells under a microscope, after Lempitsky & Zisserman (2010,
Learning to count objects in images): 256 x 256 pixels, 20 to 300 blobs of different size and
brightness, blurred, one over the other, with the noise of a camera. Every blob is annotated by a
point. A density head on feature maps and a ridge on the same network's pooled features learn from
them, by `python -m ensemble.fit`; the rows of the table are the errors on pictures never seen, then
those in quarters of pictures: of the labelled ones out of fold, of new ones by `submit --regions`.
"""

from __future__ import annotations

import json
import subprocess  # nosec B404
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from benchmarks.report import parser, show

Floats = npt.NDArray[np.float64]

SIDE = 256
CORNERS = [
    (left, top, left + SIDE // 2, top + SIDE // 2)
    for top in (0, SIDE // 2)
    for left in (0, SIDE // 2)
]
LEAST, MOST = 20, 300
TRAINING = 32

#: The end of a config: a density head, three folds, a stack.
DENSITY = """\
  - name: maps
    application: MobileNetV2
    weights: {weights}
    image_size: [512, 512]
    layers: [block_5_add, block_12_add]
    pooling: none
    heads: [density]
folds: {{n: 3}}
stack: {stack}
"""

CONFIG = """\
cache_dir: {folder}/cache
data:
  folder: {folder}
  train: train.csv
  test: test.csv
  points: points.csv
  columns: {{name: picture, target: blobs}}
  minimum: 0
backbones:
  - name: pooled
    application: MobileNetV2
    weights: {weights}
    image_size: [512, 512]
    layers: [block_3_expand_relu, block_6_expand_relu, block_13_expand_relu]
    heads: [ridge]
"""


def picture(random: np.random.Generator) -> tuple[npt.NDArray[np.uint8], Floats]:
    """RGB (SIDE, SIDE, 3) and the centres (n, 2), x and y in pixels, of its blobs."""
    return blobs(random, SIDE, int(random.integers(LEAST, MOST + 1)))


def blobs(
    random: np.random.Generator, side: int, count: int
) -> tuple[npt.NDArray[np.uint8], Floats]:
    """RGB (side, side, 3) and the centres (count, 2) of blobs."""
    centres = random.uniform(2, side - 2, (count, 2))
    light = np.zeros((side, side))
    for x, y in centres:
        _add(light, x, y, random)
    shade = random.uniform(0.02, 0.12) + light * random.uniform(0.8, 1.0)
    seen = 255 * (shade + random.normal(0, 0.02, light.shape)).clip(0, 1)
    return np.repeat(seen.astype(np.uint8)[:, :, np.newaxis], 3, axis=2), centres


def _add(light: Floats, x: float, y: float, random: np.random.Generator) -> None:
    """Lays a blob, an ellipse with soft edges, over what is there; the brighter hides the other."""
    long, short = random.uniform(3.0, 5.5), random.uniform(2.5, 4.0)
    angle, brightness = random.uniform(0, np.pi), random.uniform(0.35, 1.0)
    left, top = max(int(x) - 10, 0), max(int(y) - 10, 0)
    part = light[top : int(y) + 11, left : int(x) + 11]
    down, across = np.indices(part.shape) + 0.5
    across, down = across + left - x, down + top - y
    along = (across * np.cos(angle) + down * np.sin(angle)) / long
    beside = (down * np.cos(angle) - across * np.sin(angle)) / short
    np.maximum(part, brightness * np.exp(-((along**2 + beside**2) ** 2)), out=part)


def draw(folder: Path, pictures: int, seed: int) -> None:
    """Pictures in images/, and the tables of counts and points; the first TRAINING are labelled.

    quarters.csv has a row a quarter of each other picture, and the blobs with their centre there.
    """
    (folder / "images").mkdir(parents=True)
    random = np.random.default_rng(seed)
    counts, points, quarters = [], [], []
    for number in range(pictures):
        pixels, centres = picture(random)
        name = f"{number:03d}.png"
        Image.fromarray(pixels).save(folder / "images" / name)
        counts.append((name, len(centres)))
        if number < TRAINING:
            points += [(name, *centre) for centre in centres]
        else:
            quarters += [(name, *box, _inside(centres, box)) for box in CORNERS]
    table = pd.DataFrame(counts, columns=["picture", "blobs"])
    table[:TRAINING].to_csv(folder / "train.csv", index=False)
    table[TRAINING:].to_csv(folder / "test.csv", index=False)
    pd.DataFrame(points, columns=["picture", "x", "y"]).to_csv(folder / "points.csv", index=False)
    columns = ["picture", "xmin", "ymin", "xmax", "ymax", "blobs"]
    pd.DataFrame(quarters, columns=columns).to_csv(folder / "quarters.csv", index=False)


def _inside(centres: Floats, box: tuple[int, int, int, int]) -> int:
    start, end = np.array(box[:2]), np.array(box[2:])
    return int(((start <= centres) & (centres < end)).all(axis=1).sum())


def errors(folder: Path, weights: str) -> list[dict[str, Any]]:
    """Fits, predicts, and holds each member and the stack against the truth."""
    content = (CONFIG + DENSITY).format(folder=folder, weights=weights, stack="auto")
    run = fit_and_submit(folder, content, "--regions", str(folder / "quarters.csv"))
    predictions = pd.read_csv(run / "predictions.csv")
    truth = pd.read_csv(folder / "test.csv")["blobs"]
    names = predictions.columns.drop(["picture", "lower", "upper", "novelty"], errors="ignore")
    rows = [_row(name, predictions[name], truth) for name in names]
    return [*rows, *quarter_errors(folder)]


def fit_and_submit(folder: Path, content: str, *options: str) -> Path:
    """Fit a config in a folder, predict with the options of ``submit``; returns the run there."""
    config, run = folder / "config.yaml", folder / "run"
    config.write_text(content)
    for command in (
        ["ensemble.fit", str(config), "--run-dir", str(run)],
        ["ensemble.submit", str(run), *options],
    ):
        arguments = [sys.executable, "-m", *command]  # nothing of anybody else
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)  # nosec B603
    return run


def quarter_errors(folder: Path) -> list[dict[str, Any]]:
    """The same of quarters of pictures, labelled ones out of fold and new ones."""
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    kept = metrics["places"]["regions"]["quarters"]
    found = pd.read_csv(folder / "run" / "predicted_regions.csv")
    truth = pd.read_csv(folder / "quarters.csv")["blobs"]
    inside = ((found["lower"] <= truth) & (truth <= found["upper"])).mean()
    return [
        {
            "prediction": "quarters of labelled pictures, out of fold",
            "RMSE": kept["rmse"],
            "mean absolute error": kept["mae"],
            "of the mean count, %": 100 * kept["mae"] / kept["mean_count"],
        },
        _row(f"quarters of new pictures, {inside:.1%} in their intervals", found["count"], truth),
    ]


def _row(name: str, found: pd.Series, truth: pd.Series) -> dict[str, Any]:
    error = found - truth
    return {
        "prediction": name,
        "RMSE": float((error**2).mean() ** 0.5),
        "mean absolute error": float(error.abs().mean()),
        "of the mean count, %": 100 * float(error.abs().mean()) / float(truth.mean()),
    }


def main() -> None:
    made = parser(__doc__, photos=TRAINING + 200)
    made.add_argument("--seed", type=int, default=0, help="of the pictures (default: %(default)s)")
    made.add_argument("--weights", default="imagenet", help="or random (default: %(default)s)")
    asked = made.parse_args()
    with TemporaryDirectory() as folder:
        draw(Path(folder), asked.photos, asked.seed)
        show(errors(Path(folder), asked.weights), asked.json)


if __name__ == "__main__":
    main()

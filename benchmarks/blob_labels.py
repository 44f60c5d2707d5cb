"""What labels of a part of each picture are worth: blobs, of which a quarter is labelled.

`python -m benchmarks.blob_labels`, with KERAS_HOME at hand for the imagenet weights of MobileNetV2.
Three minutes on 2 cores, Linux.

The pictures are those of `benchmarks.blobs`. The same density head learns from the points of 32
pictures; from those in a square at a random place of each, a quarter of the picture, without any
count of the whole (`data.areas`); and from as many labels in 8 pictures. The rows are the errors of
the whole count of new pictures.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.blobs import DENSITY, SIDE, TRAINING, draw, fit_and_submit
from benchmarks.report import parser, show

#: What is labelled, by the folder of its tables.
LABELS = {
    ".": f"{TRAINING} pictures",
    "quarters": f"a quarter of each of {TRAINING} pictures",
    "few": f"{TRAINING // 4} pictures",
}

CONFIG = """\
cache_dir: {folder}/cache
data:
  folder: {folder}
  train: {labels}/train.csv
  test: test.csv
  points: {labels}/points.csv
  areas: {areas}
  columns: {{name: picture, target: blobs}}
  minimum: 0
backbones:
"""


def draw_labels(folder: Path, seed: int) -> None:
    """The tables of quarters/, with an area of each picture, and of few/."""
    random = np.random.default_rng((seed, 1))
    table, points = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "points.csv")
    first = random.uniform(0, SIDE / 2, (len(table), 2))
    areas = pd.DataFrame({"picture": table["picture"], "xmin": first[:, 0], "ymin": first[:, 1]})
    areas = areas.assign(xmax=areas["xmin"] + SIDE / 2, ymax=areas["ymin"] + SIDE / 2)
    placed = points.merge(areas, on="picture")
    inside = placed["x"].between(placed["xmin"], placed["xmax"])
    inside &= placed["y"].between(placed["ymin"], placed["ymax"])
    _write(folder / "quarters", table.assign(blobs=""), points[inside.to_numpy()])
    areas.to_csv(folder / "quarters" / "areas.csv", index=False)
    few = table[: TRAINING // 4]
    _write(folder / "few", few, points[points["picture"].isin(few["picture"])])


def _write(folder: Path, table: pd.DataFrame, points: pd.DataFrame) -> None:
    folder.mkdir()
    table.to_csv(folder / "train.csv", index=False)
    points.to_csv(folder / "points.csv", index=False)


def error(folder: Path, labels: str, weights: str) -> dict[str, Any]:
    """Fits on some labels, and holds the predictions of new pictures against the truth."""
    areas = "quarters/areas.csv" if labels == "quarters" else "null"
    given = {"folder": folder, "labels": labels, "areas": areas, "weights": weights}
    run = fit_and_submit(folder / labels, (CONFIG + DENSITY).format(**given, stack="mean"))
    found, truth = pd.read_csv(run / "predictions.csv"), pd.read_csv(folder / "test.csv")["blobs"]
    mean = float((found["stack"] - truth).abs().mean())
    inside = ((found["lower"] <= truth) & (truth <= found["upper"])).mean()
    return {
        "labelled": LABELS[labels],
        "points": len(pd.read_csv(folder / labels / "points.csv")),
        "mean absolute error": mean,
        "of the mean count, %": 100 * mean / float(truth.mean()),
        "in their 90 % interval, %": 100 * float(inside),
    }


def main() -> None:
    made = parser(__doc__, photos=TRAINING + 200)
    made.add_argument("--seed", type=int, default=0, help="of the pictures (default: %(default)s)")
    made.add_argument("--weights", default="imagenet", help="or random (default: %(default)s)")
    asked = made.parse_args()
    with TemporaryDirectory() as folder:
        draw(Path(folder), asked.photos, asked.seed)
        draw_labels(Path(folder), asked.seed)
        show([error(Path(folder), one, asked.weights) for one in LABELS], asked.json)


if __name__ == "__main__":
    main()

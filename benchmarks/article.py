"""The whole fit against a frozen network in the training loop: `python -m benchmarks.article`.

Three minutes on 2 cores, Linux. Ours is `python -m ensemble.fit` with one MobileNetV2 at 224 x 224,
a ridge and an mlp head and five folds, as a process of its own: from nothing, and once more with
only the converted network at hand. The article trains a dense head behind the frozen network for
50 epochs, without folds: one epoch over the same photos is timed, once its graph is traced, and
taken 50 times.
"""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from backbones.networks.catalog import application, import_keras
from benchmarks.report import parser, show
from benchmarks.workload import photos

EPOCHS = 50

CONFIG = """\
cache_dir: {folder}/cache
data: {{folder: {folder}, images: photos, train: train.csv}}
backbones:
  - name: mobilenet_v2
    application: MobileNetV2
    weights: random
    image_size: [{side}, {side}]
    heads:
      - ridge
      - head: mlp
        parameters: {{layers: [256], optimizer: adam, epochs: 20, batch_size: 256, patience: 4}}
folds: {{n: 5}}
stack: mean
"""


def article_epoch(folder: Path, targets: list[int], side: int) -> float:
    """Seconds of one epoch."""
    keras, entry = import_keras(), application("MobileNetV2")
    layers = keras.layers
    base = entry.build(include_top=False, weights=None, input_shape=(side, side, 3), pooling="avg")
    base.trainable = False
    inputs = keras.Input((side, side, 3))
    row = base(entry.preprocess(inputs), training=False)
    for units in (1024, 512, 256):
        row = layers.Dropout(0.2)(layers.Dense(units, "relu")(row))
    model = keras.Model(inputs, layers.Dense(1)(row))
    model.compile("adadelta", "mean_absolute_error")
    dataset = keras.utils.image_dataset_from_directory(
        folder, labels=targets, image_size=(side, side), seed=0, verbose=False
    )
    model.fit(dataset.take(2), shuffle=False, verbose=0)
    began = perf_counter()
    model.fit(dataset, shuffle=False, verbose=0)  # the dataset itself shuffles
    return perf_counter() - began


def our_fit(folder: Path) -> float:
    """Seconds of the whole process."""
    command = [sys.executable, "-m", "ensemble.fit", str(folder / "config.yaml")]
    began = perf_counter()
    # This Python, with arguments of our own.
    subprocess.run(  # nosec B603
        [*command, "--run-dir", str(folder / "run")], check=True, stdout=subprocess.DEVNULL
    )
    return perf_counter() - began


def compare(folder: Path, count: int, side: int) -> list[dict[str, Any]]:
    paths = photos(folder / "photos", count)
    targets = [len(path.read_bytes()) % 10 for path in paths]
    rows = (f"{path.name},{target}\n" for path, target in zip(paths, targets, strict=True))
    (folder / "train.csv").write_text("name,target\n" + "".join(rows))
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder, side=side))
    first = our_fit(folder)
    epoch = article_epoch(folder / "photos", targets, side)
    for part in [folder / "run", *folder.glob("cache/*")]:
        if part.name != "networks":
            shutil.rmtree(part)
    again = our_fit(folder)
    article = {"way": f"the article's, {EPOCHS} epochs of {epoch:.1f} s", "seconds": EPOCHS * epoch}
    return [
        {**article, "times cheaper": 1.0},
        {"way": "ours, from nothing", "seconds": first, "times cheaper": EPOCHS * epoch / first},
        {
            "way": "ours, the network converted before",
            "seconds": again,
            "times cheaper": EPOCHS * epoch / again,
        },
    ]


def main() -> None:
    made = parser(__doc__, photos=4586)
    made.add_argument("--side", type=int, default=224, help="of the input (default: %(default)s)")
    asked = made.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with TemporaryDirectory() as folder:
        show(compare(Path(folder), asked.photos, asked.side), asked.json)


if __name__ == "__main__":
    main()

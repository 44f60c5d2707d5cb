"""JPEG files to stored features, against Keras: `python -m benchmarks.extraction`.

Four minutes on 2 cores, Linux. With `--large`, photos of 12 megapixels. On a machine with a GPU:
`--engine tensorflow`; Keras then runs on it too.

Keras reads with `image_dataset_from_directory`, which decodes in parallel and ahead, and runs
`model.predict`, as its documentation has it; preprocessing is part of the model. Both start from
files and end with features on disk, with the networks at hand: Keras's is built, traced and warm,
ours is converted. What that takes once, stands in the last two columns, in seconds.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from backbones.engines import EngineChoice
from backbones.networks.backbone import Backbone
from backbones.networks.catalog import application, import_keras
from benchmarks.report import parser, show
from benchmarks.workload import (
    NETWORKS,
    TWELVE_MEGAPIXELS,
    backbones,
    features_anew,
    photos,
    seconds,
)


def keras_model(name: str, side: int) -> Any:
    keras, entry = import_keras(), application(name)
    shape = (side, side, 3)
    base = entry.build(include_top=False, weights=None, input_shape=shape, pooling="avg")
    inputs = keras.Input(shape)
    return keras.Model(inputs, base(entry.preprocess(inputs), training=False))


def keras_features(model: Any, folder: Path, out: Path) -> None:
    dataset = import_keras().utils.image_dataset_from_directory(
        folder, labels=None, shuffle=False, image_size=model.input_shape[1:3], verbose=False
    )
    np.save(out, model.predict(dataset, verbose=0))


def compare(
    backbone: Backbone, paths: Sequence[Path], cache: Path, engine: EngineChoice, rounds: int
) -> dict[str, Any]:
    """Photos a second of both, in turns."""
    models: list[Any] = []
    ours_once = seconds(lambda: features_anew(paths[:32], [backbone], cache, engine))
    theirs, ours = [], []
    with TemporaryDirectory() as folder:
        some = Path(folder) / "some"
        some.mkdir()
        for path in paths[:32]:
            shutil.copy(path, some)

        def begin() -> None:
            models.append(keras_model(backbone.name, backbone.size[0]))
            keras_features(models[0], some, Path(folder) / "features.npy")

        theirs_once = seconds(begin)
        out = Path(folder) / "features.npy"
        for _ in range(rounds):
            theirs.append(seconds(lambda: keras_features(models[0], paths[0].parent, out)))
            ours.append(seconds(lambda: features_anew(paths, [backbone], cache, engine)))
    ratio = median(their / our for their, our in zip(theirs, ours, strict=True))
    return {
        "network": backbone.name,
        "photos": len(paths),
        "Keras, photos/s": len(paths) / median(theirs),
        "ours, photos/s": len(paths) / median(ours),
        "times Keras": ratio,
        "Keras, once": theirs_once,
        "ours, once": ours_once,
    }


def main() -> None:
    made = parser(__doc__, photos=400, rounds=3)
    made.add_argument("--engine", choices=("openvino", "tensorflow"), default="openvino")
    made.add_argument("--networks", nargs="+", default=NETWORKS, metavar="NETWORK")
    made.add_argument("--side", type=int, default=224, help="of the input (default: %(default)s)")
    made.add_argument("--large", action="store_true", help="photos of 12 megapixels")
    asked = made.parse_args()
    with TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        size = TWELVE_MEGAPIXELS if asked.large else None
        paths = photos(Path(folder) / "photos", asked.photos, size)
        selected = backbones(cache, asked.networks, asked.side)
        show(
            [compare(one, paths, cache, asked.engine, asked.rounds) for one in selected],
            asked.json,
        )


if __name__ == "__main__":
    main()

"""JPEG files to stored features, against peers: `python -m benchmarks.extraction`.

Six minutes on 2 cores, Linux. With `--large`, photos of 12 megapixels. On a machine with a GPU:
`--engine tensorflow`; Keras then runs on it too. ONNX Runtime takes part where the extra
`benchmarks` is installed, bfloat16 where the processor has instructions for it, int8 where the
extra of its name is installed.

Keras reads with `image_dataset_from_directory`, which decodes in parallel and ahead, and runs
`model.predict`, as its documentation has it; preprocessing is part of the model. ONNX Runtime is
handed the same batches, and runs what `model.export` writes of the same model. All start from files
and end with features on disk, in turns, with the networks at hand: Keras's is built, traced and
warm, ours is converted. What that takes once, stands in the last two columns, in seconds.
"""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from backbones.engines import EngineChoice
from backbones.engines.openvino import can_compute
from backbones.features.quantised import quantise_networks
from backbones.networks.backbone import Backbone
from backbones.networks.catalog import application, import_keras
from backbones.photos.digests import compute_digests, files_by_digest
from backbones.progress import Silent
from benchmarks.report import parser, show
from benchmarks.workload import (
    NETWORKS,
    TWELVE_MEGAPIXELS,
    backbones,
    features_anew,
    photos,
    seconds,
)

#: From all files of a folder to features on disk.
Way = Callable[[Sequence[Path]], None]

KERAS, ONNX, OURS = "Keras", "ONNX Runtime", "ours"
BFLOAT16, INT8 = "ours in bfloat16", "ours in int8"


def keras_model(name: str, side: int) -> Any:
    keras, entry = import_keras(), application(name)
    shape = (side, side, 3)
    base = entry.build(include_top=False, weights=None, input_shape=shape, pooling="avg")
    inputs = keras.Input(shape)
    return keras.Model(inputs, base(entry.preprocess(inputs), training=False))


def batches(paths: Sequence[Path], side: int) -> Any:
    return import_keras().utils.image_dataset_from_directory(
        paths[0].parent, labels=None, shuffle=False, image_size=(side, side), verbose=False
    )


def keras_way(name: str, side: int, folder: Path) -> Way:
    model = cache(partial(keras_model, name, side))

    def run(paths: Sequence[Path]) -> None:
        np.save(folder / "keras.npy", model().predict(batches(paths, side), verbose=0))

    return run


def onnx_way(name: str, side: int, folder: Path) -> Way:
    @cache
    def session() -> Any:
        import onnxruntime

        path = folder / "network.onnx"
        model = keras_model(name, side)
        model(np.zeros((1, side, side, 3), np.float32))  # which it has to have been called with
        with warnings.catch_warnings():  # Keras asks NumPy for what it had before its version 2
            warnings.simplefilter("ignore")
            model.export(path, format="onnx", verbose=False)
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(paths: Sequence[Path]) -> None:
        given, *lost = session().get_inputs()
        # The export loses the constants of a Normalization; with any others it takes as long.
        rest = {one.name: np.ones(one.shape, np.float32) for one in lost}
        rows = [
            session().run(None, {given.name: batch.numpy(), **rest})[0]
            for batch in batches(paths, side)
        ]
        np.save(folder / "onnx.npy", np.concatenate(rows))

    return run


def our_way(backbone: Backbone, kept: Path, engine: EngineChoice) -> Way:
    return lambda paths: features_anew(paths, [backbone], kept, engine)


def quantised_way(backbone: Backbone, kept: Path, engine: EngineChoice) -> Way:
    quantised: list[Backbone] = []

    def run(paths: Sequence[Path]) -> None:
        if not quantised:
            files = files_by_digest(compute_digests(paths), paths)
            quantised.extend(quantise_networks([backbone], files, kept, engine, Silent()))
        features_anew(paths, quantised, kept, engine)

    return run


def ways(backbone: Backbone, kept: Path, engine: EngineChoice, folder: Path) -> dict[str, Way]:
    """Those that can be taken here, by their names."""
    name, side = backbone.name, backbone.size[0]
    found = {KERAS: keras_way(name, side, folder), OURS: our_way(backbone, kept, engine)}
    if all(map(importlib.util.find_spec, ("onnxruntime", "tf2onnx"))):
        found[ONNX] = onnx_way(name, side, folder)
    if engine == "openvino" and can_compute("bfloat16"):
        spec = backbone.spec.model_copy(update={"precision": "bfloat16"})
        found[BFLOAT16] = our_way(replace(backbone, spec=spec), kept, engine)
    if engine == "openvino" and importlib.util.find_spec("nncf"):
        spec = backbone.spec.model_copy(update={"precision": "int8"})
        found[INT8] = quantised_way(replace(backbone, spec=spec), kept, engine)
    return found


def compare(
    backbone: Backbone, paths: Sequence[Path], kept: Path, engine: EngineChoice, rounds: int
) -> dict[str, Any]:
    """Photos a second of each way, in turns."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "some").mkdir()
        some = [Path(shutil.copy(path, Path(folder) / "some")) for path in paths[:32]]
        taken = ways(backbone, kept, engine, Path(folder))
        once = {name: seconds(partial(way, some)) for name, way in taken.items()}
        turns = [
            {name: seconds(partial(way, paths)) for name, way in taken.items()}
            for _ in range(rounds)
        ]
    return {
        "network": backbone.name,
        "photos": len(paths),
        **{
            f"{name}, photos/s": len(paths) / median(turn[name] for turn in turns)
            for name in (KERAS, ONNX, OURS, BFLOAT16, INT8)
            if name in taken
        },
        **_ratios(turns, taken),
        "Keras, once": once[KERAS],
        "ours, once": once[OURS],
    }


def _ratios(turns: Sequence[Mapping[str, float]], taken: Mapping[str, Way]) -> dict[str, float]:
    """How many times faster than a peer we were, in the median of the turns."""
    pairs = {
        "times Keras": (KERAS, OURS),
        "times Keras, in bfloat16": (KERAS, BFLOAT16),
        "times Keras, in int8": (KERAS, INT8),
        "times ONNX Runtime": (ONNX, OURS),
    }
    return {
        column: median(turn[peer] / turn[way] for turn in turns)
        for column, (peer, way) in pairs.items()
        if {peer, way} <= taken.keys()
    }


def main() -> None:
    made = parser(__doc__, photos=400, rounds=3)
    made.add_argument("--engine", choices=("openvino", "tensorflow"), default="openvino")
    made.add_argument("--networks", nargs="+", default=NETWORKS, metavar="NETWORK")
    made.add_argument("--side", type=int, default=224, help="of the input (default: %(default)s)")
    made.add_argument("--large", action="store_true", help="photos of 12 megapixels")
    asked = made.parse_args()
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "cache"
        size = TWELVE_MEGAPIXELS if asked.large else None
        paths = photos(Path(folder) / "photos", asked.photos, size)
        selected = backbones(kept, asked.networks, asked.side)
        show(
            [compare(one, paths, kept, asked.engine, asked.rounds) for one in selected],
            asked.json,
        )


if __name__ == "__main__":
    main()

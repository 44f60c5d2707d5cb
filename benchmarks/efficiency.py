"""What is lost between decoder, networks and store: `python -m benchmarks.efficiency`.

Three minutes on 2 cores, Linux. For each network and for all together:

- decoding alone, forward passes alone (each on all cores) and from files to stored features;
  the efficiency is the sum of the first two over the last;
- the floating-point operations a second of the forward pass over those of a large matrix product
  in single precision, the fastest of NumPy's, TensorFlow's and OpenVINO's. A multiply-add counts
  as two, and those of convolutions and dense layers are counted, nothing else.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from backbones.engines import Engine, open_engine
from backbones.networks.backbone import Backbone, joint_network
from backbones.photos import images
from backbones.photos.framing import View
from benchmarks.report import parser, show
from benchmarks.workload import NETWORKS, backbones, features_anew, photos, seconds


def decode_all(paths: Sequence[Path], views: set[View]) -> None:
    def decode(path: Path) -> None:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        images.views(data, path.name, views)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(decode, paths):
            pass


def forward(engine: Engine, size: tuple[int, int], count: int) -> None:
    some = np.random.default_rng(0).integers(0, 256, (engine.batch, *size, 3), dtype=np.uint8)
    for _ in range(0, count, engine.batch):
        engine.start(some, lambda _: None)
    engine.wait()


def operations(network: Any) -> int:
    """Floating-point operations for one photo."""
    kernels = [layer for layer in _layers(network) if hasattr(layer, "kernel")]
    return sum(2 * prod(one.kernel.shape) * prod(one.output.shape[1:-1]) for one in kernels)


def _layers(network: Any) -> Iterator[Any]:
    for layer in network.layers:
        yield from _layers(layer) if hasattr(layer, "layers") else [layer]


def products(side: int) -> dict[str, Callable[[], Any]]:
    """Products of two single-precision matrices, side x side, on all cores."""
    import openvino
    import tensorflow as tf

    left, right = np.random.default_rng(0).random((2, side, side), np.float32)
    fixed = tf.constant(left), tf.constant(right)
    inputs = [openvino.opset13.parameter((side, side), np.float32) for _ in range(2)]
    product = openvino.opset13.matmul(*inputs, False, False)
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(openvino.Model([product], inputs), "CPU", settings)
    return {
        "NumPy": lambda: left @ right,
        "TensorFlow": lambda: tf.matmul(*fixed).numpy(),
        "OpenVINO": lambda: compiled([left, right]),
    }


@dataclass
class Times:
    """Seconds of each turn for the photos through some networks."""

    networks: Sequence[Backbone]
    decoding: list[float] = field(default_factory=list)
    forward: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    def row(self, count: int, best: tuple[float, str]) -> dict[str, Any]:
        decoding, forward, whole = map(median, (self.decoding, self.forward, self.whole))
        turns = zip(self.decoding, self.forward, self.whole, strict=True)
        work = sum(operations(joint_network([one])) for one in self.networks)
        rate, product = best
        return {
            "network": " + ".join(one.name for one in self.networks),
            "decoding, ms": 1e3 * decoding / count,
            "forward, ms": 1e3 * forward / count,
            "files to features, ms": 1e3 * whole / count,
            "efficiency": median((d + f) / w for d, f, w in turns),
            "GFLOP": work / 1e9,
            "GFLOP/s": work * count / forward / 1e9,
            f"of a product by {product}": work * count / forward / rate,
        }


def measure(
    selected: Sequence[Backbone], paths: Sequence[Path], cache: Path, rounds: int, side: int
) -> list[dict[str, Any]]:
    """A row a network, and one for all together; everything in turns."""
    engines = {one.name: _engine(one, cache) for one in selected}
    features_anew(paths[:4], selected, cache, "openvino")  # converts them for extraction
    times = [Times([one]) for one in selected] + ([Times(selected)] if len(selected) > 1 else [])
    matrices, rates = products(side), defaultdict(list)
    for _ in range(rounds):
        for name, product in matrices.items():
            rates[name].append(2 * side**3 / seconds(product))
        passes = {
            one.name: seconds(partial(forward, engines[one.name], one.size, len(paths)))
            for one in selected
        }
        for some in times:
            views = {one.view for one in some.networks}
            some.decoding.append(seconds(partial(decode_all, paths, views)))
            some.forward.append(sum(passes[one.name] for one in some.networks))
            some.whole.append(
                seconds(partial(features_anew, paths, some.networks, cache, "openvino"))
            )
    best = max((max(found), name) for name, found in rates.items())
    return [some.row(len(paths), best) for some in times]


def _engine(backbone: Backbone, cache: Path) -> Engine:
    kept = cache / "networks" / f"{backbone.name}.xml"
    engine = open_engine("openvino", lambda: joint_network([backbone]), kept)
    forward(engine, backbone.size, 8)
    return engine


def main() -> None:
    made = parser(__doc__, photos=300, rounds=3)
    made.add_argument("--networks", nargs="+", default=NETWORKS, metavar="NETWORK")
    made.add_argument("--side", type=int, default=224, help="of the input (default: %(default)s)")
    made.add_argument("--matrix", type=int, default=4096, help="side (default: %(default)s)")
    asked = made.parse_args()
    with TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        paths = photos(Path(folder) / "photos", asked.photos)
        selected = backbones(cache, asked.networks, asked.side)
        show(measure(selected, paths, cache, asked.rounds, asked.matrix), asked.json)


if __name__ == "__main__":
    main()

"""One forward pass, for tests of what a network gives."""

from __future__ import annotations

from typing import Any

from backbones.engines import Engine, Features, Photos
from backbones.engines.tensorflow import TensorFlowEngine


def forward(network: Any, photos: Photos) -> Features:
    return through(TensorFlowEngine(network), photos)


def through(engine: Engine, photos: Photos) -> Features:
    found: list[Features] = []
    engine.start(photos, found.append)
    engine.wait()
    return found[0]

"""Batches of photos go in; features come out, computed by TensorFlow or by OpenVINO."""

from backbones.engines.choice import (
    EngineChoice,
    choose_engine,
    converted_network,
    network_to_run,
    open_engine,
)
from backbones.engines.engine import Callback, Engine, Features, Photos
from backbones.engines.precision import check_precision

__all__ = [
    "EngineChoice",
    "Callback",
    "Engine",
    "Features",
    "Photos",
    "check_precision",
    "choose_engine",
    "converted_network",
    "network_to_run",
    "open_engine",
]

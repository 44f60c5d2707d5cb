"""What runs a feature network: TensorFlow, or OpenVINO on a CPU, with the same numbers."""

from backbones.engines.choice import EngineChoice, choose_engine, open_engine
from backbones.engines.engine import Callback, Engine, Features, Photos

__all__ = [
    "EngineChoice",
    "Callback",
    "Engine",
    "Features",
    "Photos",
    "choose_engine",
    "open_engine",
]

"""What runs a feature network: TensorFlow, or OpenVINO on a CPU, with the same numbers."""

from backbones.engines.choice import Choice, chosen, open_engine
from backbones.engines.engine import Done, Engine, Features, Photos

__all__ = ["Choice", "Done", "Engine", "Features", "Photos", "chosen", "open_engine"]

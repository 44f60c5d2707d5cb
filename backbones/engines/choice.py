"""The choice between the engines."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from backbones.engines.engine import Engine
from backbones.engines.openvino import OpenVinoEngine, convert
from backbones.engines.tensorflow import TensorFlowEngine, has_gpu

EngineChoice = Literal["auto", "tensorflow", "openvino"]


def open_engine(choice: EngineChoice, network: Callable[[], Any], converted: Path) -> Engine:
    """Open the engine that runs a network.

    ``auto`` is OpenVINO if it is installed and TensorFlow finds no GPU.

    Parameters
    ----------
    network : callable
        Builds the Keras network; not called if OpenVINO has converted it before.
    converted : Path
        File of the converted network, named after everything that it depends on.

    Raises
    ------
    InputError
        OpenVINO is chosen but not installed, or the network cannot be built.
    """
    if choose_engine(choice) == "openvino":
        return OpenVinoEngine(convert(network, converted))
    return TensorFlowEngine(network())


def choose_engine(choice: EngineChoice) -> Literal["tensorflow", "openvino"]:
    """Resolve ``auto`` to the engine that this machine prefers."""
    if choice == "auto":
        return "openvino" if _prefers_openvino() else "tensorflow"
    return choice


def _prefers_openvino() -> bool:
    if importlib.util.find_spec("openvino") is None:
        return False
    # Asking TensorFlow for a GPU takes seconds; without a driver there is no need to.
    return shutil.which("nvidia-smi") is None or not has_gpu()

"""Which engine runs."""

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


def open_engine(choice: EngineChoice, network: Callable[[], Any], kept: Path) -> Engine:
    """The engine of a network.

    ``auto`` is OpenVINO where it is installed and TensorFlow sees no GPU.

    Parameters
    ----------
    network : callable
        Builds the Keras network; not called where OpenVINO has converted it before.
    kept : Path
        Where the converted network is kept, named for all that it depends on.

    Raises
    ------
    InputError
        OpenVINO is asked for and not installed, or the network cannot be built.
    """
    if choose_engine(choice) == "openvino":
        return OpenVinoEngine(convert(network, kept))
    return TensorFlowEngine(network())


def choose_engine(choice: EngineChoice) -> Literal["tensorflow", "openvino"]:
    """The engine that a choice comes down to on this machine."""
    if choice == "auto":
        return "openvino" if _prefers_openvino() else "tensorflow"
    return choice


def _prefers_openvino() -> bool:
    if importlib.util.find_spec("openvino") is None:
        return False
    # Asking TensorFlow for a GPU takes seconds: not where no driver lies on this machine.
    return shutil.which("nvidia-smi") is None or not has_gpu()

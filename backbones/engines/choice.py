"""Which engine runs."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from backbones.engines.engine import Engine
from backbones.engines.openvino import OpenVinoEngine, converted
from backbones.engines.tensorflow import TensorFlowEngine, has_gpu

Choice = Literal["auto", "tensorflow", "openvino"]


def open_engine(choice: Choice, network: Callable[[], Any], kept: Path) -> Engine:
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
    if chosen(choice) == "openvino":
        return OpenVinoEngine(converted(network, kept))
    return TensorFlowEngine(network())


def chosen(choice: Choice) -> Literal["tensorflow", "openvino"]:
    """The engine that a choice comes down to on this machine."""
    if choice == "auto":
        return "openvino" if _openvino_is_best() else "tensorflow"
    return choice


def _openvino_is_best() -> bool:
    if importlib.util.find_spec("openvino") is None:
        return False
    # Asking TensorFlow for a GPU takes seconds: not where no driver lies on this machine.
    return shutil.which("nvidia-smi") is None or not has_gpu()

"""The choice between the engines."""

from __future__ import annotations

import importlib.util
import json
import logging
import shutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from backbones.engines.agreement import check_repeatable
from backbones.engines.engine import Engine
from backbones.engines.openvino import (
    NotConvertible,
    OpenVinoEngine,
    convert,
    is_sealed,
    is_whole,
)
from backbones.engines.precision import check_precision
from backbones.engines.tensorflow import TensorFlowEngine, has_gpu
from backbones.errors import InputError
from backbones.files import atomic_write
from backbones.networks.spec import Precision

EngineChoice = Literal["auto", "tensorflow", "openvino"]

_LOG = logging.getLogger("ensemble")


def open_engine(
    choice: EngineChoice,
    network: Callable[[], Any],
    converted: Path,
    name: str = "the network",
    precision: Precision = "float32",
) -> Engine:
    """Open the engine that runs a network of photos.

    ``auto`` is OpenVINO if it is installed, TensorFlow finds no GPU and OpenVINO can run the
    network; where it cannot, a warning says so.

    Parameters
    ----------
    network : callable
        Builds the Keras network; not called if OpenVINO has converted it before.
    converted : Path
        File of the converted network, named after everything that it depends on.
    name : str
        What messages call the network.

    Raises
    ------
    InputError
        OpenVINO is chosen but not installed, or cannot run the network, or no engine here can with
        this precision; the network cannot be built, or its features are not finite or not the
        same each time.
    """
    build = cache(lambda: check_repeatable(network(), name))
    file = network_to_run(choice, build, converted, name, precision)
    return TensorFlowEngine(build()) if file is None else OpenVinoEngine(file, precision)


def network_to_run(
    choice: EngineChoice,
    network: Callable[[], Any],
    path: Path,
    name: str,
    precision: Precision,
) -> Path | None:
    """The file that OpenVINO runs; None where TensorFlow is to run the network.

    One in whole numbers is there already, as it hangs on photos; others are converted.

    Raises
    ------
    InputError
        As ``converted_network``; or that in whole numbers is not as it was left there.
    """
    if precision != "int8":
        return converted_network(choice, network, path, name, precision)
    check_precision(precision, choose_engine(choice), name)
    if not is_whole(path):
        raise InputError(
            f"{name}: its network in whole numbers is not at hand ({path}); run the fit again"
        )
    return path


def converted_network(
    choice: EngineChoice,
    network: Callable[[], Any],
    path: Path,
    name: str,
    precision: Precision = "float32",
) -> Path | None:
    """Convert a network where OpenVINO is the engine; None where TensorFlow is to run it.

    That OpenVINO cannot run it is noted beside `path`, so that the same version does not try again.

    Raises
    ------
    InputError
        OpenVINO is chosen and cannot run the network, or no engine here can with this precision.
    """
    engine = choose_engine(choice)
    check_precision(precision, engine, name)
    if engine == "tensorflow":
        return None
    reason = None if is_sealed(path) else _noted_reason(path)
    if reason is None:
        try:
            return convert(network, path)
        except NotConvertible as error:
            reason = str(error)
            _note_reason(path, reason)
    if precision != "float32":
        raise InputError(
            f"precision: OpenVINO cannot run {name}: {reason}; and TensorFlow computes in float32 "
            "alone. Set precision: float32"
        )
    if choice == "openvino":
        raise InputError(
            f"engine: OpenVINO cannot run {name}: {reason}. Set engine: tensorflow, or auto, which "
            "leaves it to TensorFlow"
        )
    _tell(name, reason)
    return None


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


@cache  # a process opens a network several times
def _tell(name: str, reason: str) -> None:
    _LOG.warning("OpenVINO cannot run %s (%s): TensorFlow runs it, slower", name, reason)


def _note_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _noted_reason(path: Path) -> str | None:
    """Why the installed OpenVINO could not run the network, if it was tried."""
    try:
        note = json.loads(_note_of(path).read_text(encoding="utf-8"))
        return str(note["reason"]) if note["openvino"] == version("openvino") else None
    except (OSError, ValueError, KeyError, TypeError, ImportError):
        return None


def _note_reason(path: Path, reason: str) -> None:
    with atomic_write(_note_of(path)) as partial:
        partial.write_text(json.dumps({"openvino": version("openvino"), "reason": reason}))

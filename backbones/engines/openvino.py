"""The OpenVINO engine: two to three times as fast as TensorFlow on a CPU."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backbones.engines.agreement import check_agreement
from backbones.engines.engine import Callback, Photos
from backbones.engines.tensorflow import inference_graph
from backbones.errors import InputError
from backbones.files import unfinished, unique_number

#: Queued requests for each that can run at once. With one the processor waits for Python: a tenth
#: of the time of extraction. More than four gain nothing.
_QUEUED = 4

_SETTINGS = {"INFERENCE_PRECISION_HINT": "f32"}  # bf16 would change the features

#: The name of the output of TensorFlow's graph.
_OUTPUT = "Identity:0"


class NotConvertible(Exception):  # noqa: N818 - TensorFlow runs the network
    """Says why OpenVINO cannot run a network."""


class OpenVinoEngine:
    """Runs a converted network on all cores, with a queue of asynchronous requests.

    OpenVINO chooses the number of parallel streams for the highest throughput.
    """

    #: One photo a request keeps activations in the CPU cache: a third faster than 32 on two cores.
    batch = 1

    def __init__(self, converted: Path) -> None:
        compiled = _compile(converted, "THROUGHPUT")
        at_once = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._queue = import_openvino().AsyncInferQueue(compiled, _QUEUED * at_once)
        self._queue.set_callback(_finish)

    def start(self, photos: Photos, done: Callback) -> None:
        self._queue.start_async({0: photos}, done)

    def wait(self) -> None:
        self._queue.wait_all()


def import_openvino() -> Any:
    """Import the package; an ``InputError`` tells how to install it if it is missing."""
    try:
        import openvino
    except ImportError as error:
        raise InputError(
            "engine: openvino is not installed: pip install 'backbone-ensemble[openvino]', or set "
            "engine: tensorflow"
        ) from error
    return openvino


def convert(network: Callable[[], Any], path: Path) -> Path:
    """Convert a network to OpenVINO's files, `path` (.xml) and a .bin beside it, once.

    `network` builds the Keras network; it is called only if the files do not exist.

    Raises
    ------
    NotConvertible
        OpenVINO has no such operations, or does not compute what Keras does.
    """
    if path.is_file():
        return path
    model = _convert(network())
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.with_name(f"{path.stem}.{unique_number()}.xml")
    weights = path.with_suffix(".bin")
    with unfinished(name, path) as partial, unfinished(name.with_suffix(".bin"), weights) as rest:
        _save(model, partial)
        rest.replace(weights)
        partial.replace(path)  # last, so that an existing .xml has its complete .bin
    return path


def _save(model: Any, path: Path) -> None:
    try:
        import_openvino().save_model(model, path, compress_to_fp16=False)
    except RuntimeError as error:
        if "iostream error" in str(error):  # all that it says of a disk that takes no more
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


def _convert(network: Any) -> Any:
    """OpenVINO's model of a network, of which it computes the same."""
    try:
        model = _model(network)
        compiled = import_openvino().Core().compile_model(model, "CPU", _SETTINGS)
        apart = check_agreement(network, lambda inputs: compiled(inputs)[0])
    except (InputError, OSError, MemoryError):
        raise
    except Exception as error:  # OpenVINO and TensorFlow raise exceptions of many classes
        raise NotConvertible(_reason(error)) from error
    if apart:
        raise NotConvertible(apart)
    return model


def _model(network: Any) -> Any:
    """Convert what TensorFlow runs of it; the graph of Keras alone would be one of training."""
    openvino = import_openvino()
    converted = openvino.convert_model(inference_graph(network))
    # What no one reads in the graph comes as further outputs.
    output = next(one for one in converted.outputs if _OUTPUT in one.names)
    return openvino.Model([output], converted.get_parameters())


def _reason(error: Exception) -> str:
    """The line of an error that says most, as ``No conversion rule found for operations: X``."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    telling = (line.lstrip("- ") for line in lines if "No conversion rule" in line)
    return next(telling, lines[0])[:200]


def load_function(converted: Path) -> Callable[[Any], Any]:
    """Load a converted network as a function from its input to its output, on all cores."""
    compiled = _compile(converted, "LATENCY")
    return lambda inputs: compiled(inputs)[0]


def _compile(converted: Path, hint: str) -> Any:
    core = import_openvino().Core()
    settings = {
        **_SETTINGS,
        "PERFORMANCE_HINT": hint,
        "CACHE_DIR": str(converted.parent / "compiled"),
    }
    return core.compile_model(core.read_model(converted), "CPU", settings)


def _finish(request: Any, done: Callback) -> None:
    done(np.array(request.get_output_tensor(0).data, dtype=np.float32))

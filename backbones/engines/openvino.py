"""The OpenVINO engine: two to three times as fast as TensorFlow on a CPU."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backbones.engines.engine import Callback, Photos
from backbones.errors import InputError
from backbones.files import unfinished, unique_number

#: Queued requests for each that can run at once. With one the processor waits for Python: a tenth
#: of the time of extraction. More than four gain nothing.
_QUEUED = 4


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
    """
    if path.is_file():
        return path
    openvino = import_openvino()
    with warnings.catch_warnings():
        # OpenVINO calls the network with a tuple where Keras expects a tensor.
        warnings.filterwarnings("ignore", message="The structure of `inputs` doesn't match")
        model = openvino.convert_model(network())
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


def load_function(converted: Path) -> Callable[[Any], Any]:
    """Load a converted network as a function from its input to its output, on all cores."""
    compiled = _compile(converted, "LATENCY")
    return lambda inputs: compiled(inputs)[0]


def _compile(converted: Path, hint: str) -> Any:
    core = import_openvino().Core()
    settings = {
        "PERFORMANCE_HINT": hint,
        "INFERENCE_PRECISION_HINT": "f32",  # bf16 would change the features
        "CACHE_DIR": str(converted.parent / "compiled"),
    }
    return core.compile_model(core.read_model(converted), "CPU", settings)


def _finish(request: Any, done: Callback) -> None:
    done(np.array(request.get_output_tensor(0).data, dtype=np.float32))

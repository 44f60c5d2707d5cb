"""The OpenVINO engine: two to three times as fast as TensorFlow on a CPU."""

from __future__ import annotations

import errno
import io
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from backbones.disk.discard import discard
from backbones.disk.sealed import broken, read_sealed, seal_files, write_sealed
from backbones.engines.agreement import check_agreement
from backbones.engines.engine import Callback, Photos
from backbones.engines.tensorflow import inference_graph
from backbones.errors import InputError
from backbones.failure import describe_failure
from backbones.files import atomic_write, unfinished, unique_number
from backbones.key import key
from backbones.networks.pinned import pinned
from backbones.networks.spec import Precision

#: Queued requests for each that can run at once. With one the processor waits for Python: a tenth
#: of the time of extraction. More than four gain nothing.
_QUEUED = 4

#: Always set: OpenVINO by itself takes bf16 where the processor has it, and other features come.
#: A network in whole numbers says itself which of its numbers are; the others are not to be bf16.
_HINTS: dict[Precision, str] = {"float32": "f32", "bfloat16": "bf16", "int8": "f32"}

#: What OpenVINO calls the instructions for each.
_CAPABILITIES: dict[Precision, str] = {"float32": "FP32", "bfloat16": "BF16", "int8": "INT8"}

#: The name of the output of TensorFlow's graph.
_OUTPUT = "Identity:0"


class NotConvertible(Exception):  # noqa: N818 - TensorFlow runs the network
    """Says why OpenVINO cannot run a network."""


class OpenVinoEngine:
    """Runs a converted network, with a queue of asynchronous requests.

    OpenVINO chooses the number of parallel streams for the highest throughput: on all cores, or in
    so many `threads`, which then run on whichever are free. Kept to cores, as OpenVINO does it by
    itself, the threads of two processes would share the first ones. Features are the same.
    """

    #: One photo a request keeps activations in the CPU cache: a third faster than 32 on two cores.
    batch = 1

    def __init__(
        self, converted: Path, precision: Precision = "float32", threads: int | None = None
    ) -> None:
        compiled = _compile(converted, "THROUGHPUT", precision, threads)
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


def can_compute(precision: Precision) -> bool:
    """Whether the processor has instructions for a precision."""
    known = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return _CAPABILITIES[precision] in known


def processor() -> str:
    """The name of the processor."""
    return str(import_openvino().Core().get_property("CPU", "FULL_DEVICE_NAME"))


def convert(network: Callable[[], Any], path: Path) -> Path:
    """Convert a network to OpenVINO's files, `path` (.xml) and a .bin beside it, once.

    `network` builds the Keras network; it is called only if the files are not as they were sealed.

    Raises
    ------
    NotConvertible
        OpenVINO has no such operations, or does not compute what Keras does; not where the
        machine refuses it, as memory: that is raised as it is.
    """
    if is_whole(path):
        return path
    with pinned():
        model = _convert(network())
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.with_name(f"{path.stem}.{unique_number()}.xml")
    weights = path.with_suffix(".bin")
    with unfinished(name, path) as partial, unfinished(name.with_suffix(".bin"), weights) as rest:
        save_network(model, partial)
        rest.replace(weights)
        partial.replace(path)
    seal_network(path)  # last: without it, the others are not complete
    return path


def save_network(model: Any, path: Path) -> None:
    """Write a model of OpenVINO, in full precision, as `path` (.xml) and a .bin beside it."""
    try:
        import_openvino().save_model(model, path, compress_to_fp16=False)
    except RuntimeError as error:
        if "iostream error" in str(error):  # all that it says of a disk that takes no more
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


def _convert(network: Any) -> Any:
    """OpenVINO's model of a network, of which it computes the same in single precision."""
    try:
        model = _model(network)
        compiled = import_openvino().Core().compile_model(model, "CPU", _settings("float32"))
        apart = check_agreement(network, lambda inputs: compiled(inputs)[0])
    except (InputError, OSError, MemoryError):
        raise
    except Exception as error:  # OpenVINO and TensorFlow raise exceptions of many classes
        if describe_failure(error) is not None:  # another time it may be convertible
            raise
        raise NotConvertible(_reason(error)) from error
    if apart:
        raise NotConvertible(apart)
    return model


def _model(network: Any) -> Any:
    """Convert what TensorFlow runs of it; the graph of Keras alone would be one of training."""
    openvino = import_openvino()
    with _logging_kept():
        converted = openvino.convert_model(inference_graph(network))
    # What no one reads in the graph comes as further outputs.
    output = next(one for one in converted.outputs if _OUTPUT in one.names)
    return openvino.Model([output], converted.get_parameters())


@contextmanager
def _logging_kept() -> Iterator[None]:
    """The converter sets the level of the process's loggers, and where it fails, for good."""
    root = logging.getLogger()
    level, handlers, filters = root.level, list(root.handlers), list(root.filters)
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:], root.filters[:] = handlers, filters


def _reason(error: Exception) -> str:
    """The line of an error that says most, as ``No conversion rule found for operations: X``."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    telling = (line.lstrip("- ") for line in lines if "No conversion rule" in line)
    return next(telling, lines[0])[:200]


def seal_network(path: Path) -> None:
    """Seal a converted network that is known to be whole."""
    seal_files(_files(path), _seal_of(path), path.stem)


def is_sealed(path: Path) -> bool:
    """Whether a network was converted here to the end, however its files are now."""
    return _seal_of(path).exists()


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".seal")


def _files(path: Path) -> list[Path]:
    return [path.with_suffix(".bin"), path]


def place_network(source: Path, path: Path) -> None:
    """Copy the files of a network to `path` (.xml), and seal them."""
    for file, place in zip(_files(source), _files(path), strict=True):
        with atomic_write(place) as partial:
            shutil.copyfile(file, partial)
    seal_network(path)


def is_whole(path: Path) -> bool:
    """Whether a converted network is as it was sealed; what is not is said."""
    if not is_sealed(path):
        return False
    reason = broken(_files(path), _seal_of(path), path.stem)
    if reason:
        discard(_seal_of(path), reason)  # without it, the others do not count
    return not reason


def load_function(converted: Path) -> Callable[[Any], Any]:
    """Load a converted network as a function from its input to its output, on all cores."""
    compiled = _compile(converted, "LATENCY", "float32")
    return lambda inputs: compiled(inputs)[0]


def _settings(precision: Precision, threads: int | None = None) -> dict[str, Any]:
    hints = {"INFERENCE_PRECISION_HINT": _HINTS[precision]}
    if threads is None:
        return hints
    return {**hints, "INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False}


def _compile(converted: Path, hint: str, precision: Precision, threads: int | None = None) -> Any:
    """Compile a network, or take what was compiled of it: a fifth of a second less each time.

    OpenVINO has a cache of its own, which does not notice changed bytes. Here what was compiled is
    known by the network's seal, against which its files have been checked.
    """
    openvino = import_openvino()
    core = openvino.Core()
    settings = {**_settings(precision, threads), "PERFORMANCE_HINT": hint}
    made_of = key([_seal_of(converted).read_text(), settings, openvino.get_version(), processor()])
    place = converted.parent / "compiled" / f"{made_of[:32]}.blob"
    known = read_sealed(place)
    if known is not None:
        return core.import_model(io.BytesIO(known), "CPU", settings)
    compiled = core.compile_model(core.read_model(converted), "CPU", settings)
    with suppress(OSError):  # a cache that cannot be written is none
        write_sealed(place, compiled.export_model().getvalue())
    return compiled


def _finish(request: Any, done: Callback) -> None:
    done(np.array(request.get_output_tensor(0).data, dtype=np.float32))

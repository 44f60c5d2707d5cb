"""What decides the last digits, and sometimes the first, of the numbers that an engine computes."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from backbones.engines.choice import EngineChoice, choose_engine
from backbones.engines.openvino import processor
from backbones.engines.tensorflow import has_gpu
from backbones.networks.catalog import IMPORTS, THREADS, pin_threads
from backbones.networks.spec import Precision

#: Settings of the environment by which TensorFlow, or a library below it, computes otherwise.
_SETTINGS = (
    "DNNL_DEFAULT_FPMATH_MODE",
    "DNNL_MAX_CPU_ISA",
    "NVIDIA_TF32_OVERRIDE",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "ONEDNN_MAX_CPU_ISA",
    "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_LEVEL",
    "TF_CUDNN_DETERMINISTIC",
    "TF_CUDNN_USE_AUTOTUNE",
    "TF_CUDNN_USE_FRONTEND",
    "TF_DETERMINISTIC_OPS",
    "TF_ENABLE_AUTO_MIXED_PRECISION",
    "TF_ENABLE_CUBLAS_TENSOR_OP_MATH_FP32",
    "TF_ENABLE_CUDNN_TENSOR_OP_MATH_FP32",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_ENABLE_WINOGRAD_NONFUSED",
    "TF_ONEDNN_ENABLE_FAST_CONV",
    "TF_SET_ONEDNN_FPMATH_MODE",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
)


def engine_provenance(choice: EngineChoice, precision: Precision = "float32") -> dict[str, str]:
    """The engine that a choice comes down to here, its version, and what it is set to.

    TensorFlow's are among them for OpenVINO, too: heads are trained by it.
    """
    engine = choose_engine(choice)
    found = {
        "engine": engine,
        "openvino": _version("openvino") if engine == "openvino" else "",
        "tensorflow": _version("tensorflow"),
        **settings(),
    }
    if engine == "openvino" and precision != "float32":
        # Others add in another order, and where numbers have eight binary digits it is seen.
        found["processor"] = processor()
    if engine == "tensorflow":
        found["threads"] = str(tensorflow_threads())
    if engine == "tensorflow" and shutil.which("nvidia-smi") and has_gpu():
        import tensorflow as tf

        found["gpu"] = f"tf32 {tf.config.experimental.tensor_float_32_execution_enabled()}"
    return found


def settings() -> dict[str, str]:
    """Those of the environment that are set, of which numbers hang."""
    return {name: os.environ[name] for name in _SETTINGS if os.environ.get(name)}


def tensorflow_threads() -> int:
    """Into how many parts TensorFlow splits a sum; ours, unless it was started before."""
    with IMPORTS:
        if "tensorflow" not in sys.modules:
            return THREADS
        import tensorflow

        pin_threads()
        return int(tensorflow.config.threading.get_intra_op_parallelism_threads()) or _cores()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

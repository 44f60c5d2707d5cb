"""How precisely a network may be computed here: what refuses to do it otherwise than asked."""

from __future__ import annotations

import os

from backbones.engines.openvino import can_compute, processor
from backbones.errors import InputError
from backbones.networks.spec import Precision

#: By these of the environment, instructions are not used that OpenVINO relies on: it crashes.
_LIMITS = ("DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA")

#: What computes so.
_NEEDED: dict[Precision, str] = {"bfloat16": "AVX-512 BF16 or AMX", "int8": "AVX2 or more"}


def check_precision(precision: Precision, engine: str, name: str) -> None:
    """Make sure that an engine, ``tensorflow`` or ``openvino``, can compute a network so.

    Raises
    ------
    InputError
        It computes in single precision alone, or the processor has no such instructions, and
        would be slower than in single precision, or the environment forbids it some.
    """
    if precision == "float32":
        return
    if engine == "tensorflow":
        raise InputError(
            f"{name}: precision: {precision} needs OpenVINO, and TensorFlow is the engine here; "
            "pip install 'backbone-ensemble[openvino]' and set engine: openvino, or set "
            "precision: float32"
        )
    limits = [limit for limit in _LIMITS if os.environ.get(limit)]
    if limits:
        raise InputError(
            f"{name}: precision: {precision} may need instructions of the processor that "
            f"{limits[0]}={os.environ[limits[0]]} forbids; unset it, or set precision: float32"
        )
    if not can_compute(precision):
        raise InputError(
            f"{name}: precision: {precision}: this processor ({processor()}) has no instructions "
            f"for it; set precision: float32, or take a machine with {_NEEDED[precision]}"
        )

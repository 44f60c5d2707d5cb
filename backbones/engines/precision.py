"""How precisely a network may be computed here: what refuses to do it otherwise than asked."""

from __future__ import annotations

from backbones.engines.openvino import has_bfloat16, processor
from backbones.errors import InputError
from backbones.networks.spec import Precision


def check_precision(precision: Precision, engine: str, name: str) -> None:
    """Make sure that an engine, ``tensorflow`` or ``openvino``, can compute a network so.

    Raises
    ------
    InputError
        It computes in single precision alone, or the processor has no such instructions, and
        would be slower than in single precision.
    """
    if precision == "float32":
        return
    if engine == "tensorflow":
        raise InputError(
            f"{name}: precision: {precision} needs OpenVINO, and TensorFlow is the engine here; "
            "pip install 'backbone-ensemble[openvino]' and set engine: openvino, or set "
            "precision: float32"
        )
    if not has_bfloat16():
        raise InputError(
            f"{name}: precision: {precision}: this processor ({processor()}) has no instructions "
            "for it; set precision: float32, or take a machine with AVX-512 BF16 or AMX"
        )

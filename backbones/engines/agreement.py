"""Whether an engine computes what the network does, and the network the same of a photo each time.

Tried on noise, before any photo: a network that is converted wrongly, or that draws at random,
would give numbers that look like any others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.engines.tensorflow import as_given
from backbones.errors import InputError

Array = npt.NDArray[Any]

#: How far numbers may lie apart, as a share of the largest: rounding in single precision, and in
#: half precision or with whole numbers.
_SINGLE, _COARSE = 1e-3, 5e-2

#: As small as nothing, where all numbers are.
_NOTHING = 1e-6


def noise(network: Any) -> list[Array]:
    """Two examples of each input of a Keras network."""
    draw = np.random.default_rng(0)
    arrays = []
    for one in network.inputs:
        shape = (2, *(side or 2 for side in one.shape[1:]))
        whole = "int" in one.dtype
        numbers = draw.integers(0, 256, shape) if whole else draw.standard_normal(shape)
        arrays.append(numbers.astype(one.dtype))
    return arrays


def run_keras(network: Any, inputs: Sequence[Array]) -> Array:
    """What Keras computes, without training, as float32."""
    return np.asarray(network(as_given(network, inputs), training=False), dtype=np.float32)


def check_repeatable(network: Any, name: str) -> Any:
    """Return a network of photos that gives finite rows, which hang on their own photo alone.

    Raises
    ------
    InputError
        It gives NaN or infinite numbers, or other ones another time or beside another photo.
    """
    photos = noise(network)
    rows = run_keras(network, photos)
    if not np.isfinite(rows).all():
        raise InputError(
            f"{name}: its network gives numbers that are not finite (NaN) for any photo; its "
            "weights are damaged, or are not those of this network: name others"
        )
    alone = run_keras(network, [one[:1] for one in photos])
    apart = distance(alone, rows[:1])
    if apart > tolerance(network):
        raise InputError(
            f"{name}: its network gives other features of the same photo beside another one, or "
            f"another time ({apart:.2g} of the largest apart); it draws at random, or mixes the "
            "photos of a batch, and cannot be used"
        )
    return network


def check_agreement(network: Any, engine: Callable[[list[Array]], Any]) -> str:
    """Return in what an engine disagrees with a Keras network; empty if it does not."""
    inputs = noise(network)
    expected, found = run_keras(network, inputs), np.asarray(engine(inputs))
    if found.shape != expected.shape:
        return f"it gives {found.shape} where Keras gives {expected.shape}"
    apart, allowed = distance(found, expected), tolerance(network)
    if apart <= allowed:
        return ""
    return f"its numbers are {apart:.2g} of the largest from those of Keras, {allowed:g} allowed"


def distance(some: Array, others: Array) -> float:
    """The largest distance of numbers, as a share of the largest of `others`.

    >>> distance(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    0.5
    """
    finite = np.isfinite(others)
    if not np.array_equal(finite, np.isfinite(some)):
        return float("inf")
    if not finite.any():
        return 0.0
    apart = np.abs(some[finite] - others[finite]).max()
    return 0.0 if apart <= _NOTHING else float(apart / max(np.abs(others[finite]).max(), _NOTHING))


def tolerance(network: Any) -> float:
    """How far the numbers of a network may lie apart, as a share of the largest."""
    return _COARSE if any(map(_is_coarse, _layers(network))) else _SINGLE


def _is_coarse(layer: Any) -> bool:
    quantized = getattr(getattr(layer, "dtype_policy", None), "quantization_mode", None)
    return quantized is not None or getattr(layer, "compute_dtype", "") in ("float16", "bfloat16")


def _layers(network: Any) -> Iterator[Any]:
    for layer in network.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _layers(layer)

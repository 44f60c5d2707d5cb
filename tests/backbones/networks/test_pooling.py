from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from backbones.errors import InputError
from backbones.networks.pooling import pool_row
from backbones.networks.spec import BackboneSpec


def spec(pooling: Any) -> BackboneSpec:
    return BackboneSpec.model_validate({"application": "VGG16", "pooling": pooling})


def test_tokens_are_pooled_over_their_number() -> None:
    tokens = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    mean, peak = tokens.mean(axis=1), tokens.max(axis=1)
    for pooling, expected in {
        "avg": mean,
        "max": peak,
        "avg+max": np.hstack([mean, peak]),
        "flatten": tokens.reshape(2, -1),
    }.items():
        ours = pool_row(spec(pooling), [keras.ops.convert_to_tensor(tokens)], False)
        np.testing.assert_allclose(ours, expected, rtol=1e-6)


def test_a_row_stays_and_half_precision_is_left_before_pooling() -> None:
    row = keras.ops.convert_to_tensor(np.array([[1, 2]]))
    assert pool_row(spec("max"), [row], False).numpy().tolist() == [[1.0, 2.0]]
    halves = keras.ops.full((1, 64, 64, 1), 100.0, "float16")  # their sum is beyond float16
    pooled = pool_row(spec("avg"), [halves], False)
    assert pooled.dtype == "float32"
    assert pooled.numpy().tolist() == [[100.0]]


WRONG: list[tuple[tuple[int | None, ...], Any, str]] = [
    ((None, 5, 3), "none", r"\(None, 5, 3\); pooling: none needs a feature map"),
    ((None, 3), "none", r"\(None, 3\); pooling: none needs a feature map"),
    ((None, 5, 3), {"grid": [2, 2]}, r"the grid needs a feature map .* gives tokens"),
    ((None, 2, 2, 2, 3), "avg", "a feature map .*, tokens .* or a row .* is needed"),
    ((None,), "avg", "a feature map .*, tokens .* or a row .* is needed"),
    ((None, None, 3), "avg", "a feature map .*, tokens .* or a row .* is needed"),
]


@pytest.mark.parametrize(("shape", "pooling", "message"), WRONG)
def test_what_cannot_be_pooled_is_said(
    shape: tuple[int | None, ...], pooling: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        pool_row(spec(pooling), [keras.KerasTensor(shape)], False)

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from backbones.engines.agreement import check_agreement, check_repeatable, noise, run_keras
from backbones.engines.tensorflow import inference_graph
from backbones.errors import InputError


def network(result: Any, dtype: str | None = None) -> Any:
    photos = keras.Input((6, 6, 3), dtype="uint8")
    scaled = layers.Rescaling(1 / 255, dtype=dtype)(photos)
    return keras.Model(photos, layers.Flatten(dtype="float32")(result(scaled)))


@pytest.fixture(scope="module")
def plain() -> Any:
    """Random layers rest where nothing is trained."""
    return network(lambda x: layers.Dropout(0.5)(layers.RandomFlip()(layers.Conv2D(2, 3)(x))))


def test_a_network_that_rests_is_itself(plain: Any) -> None:
    assert check_repeatable(plain, "backbone one") is plain


def test_a_network_that_mixes_photos_or_draws_is_refused() -> None:
    mixing = network(lambda x: x - keras.ops.mean(x, axis=0, keepdims=True))
    drawing = network(lambda x: x)
    drawing.call = lambda x, training: np.random.default_rng().normal(size=(len(x), 4))  # type: ignore[method-assign]
    for one in (mixing, drawing):
        with pytest.raises(InputError, match="backbone one: its network gives other features of"):
            check_repeatable(one, "backbone one")


def test_a_network_without_numbers_is_refused() -> None:
    hollow = network(lambda x: keras.ops.log(x - 2))
    with pytest.raises(
        InputError, match=r"backbone one: .* not finite .*; its weights are damaged"
    ):
        check_repeatable(hollow, "backbone one")


def test_what_an_engine_computes_is_held_against_keras(plain: Any) -> None:
    right = run_keras(plain, noise(plain))
    top = np.abs(right).max()
    assert check_agreement(plain, lambda _: right + 0.0005 * top) == ""
    assert "0.01 of the largest from those of Keras, 0.001 allowed" in check_agreement(
        plain, lambda _: right + 0.01 * top
    )
    assert "gives (2, 3) where Keras gives" in check_agreement(plain, lambda _: right[:, :3])
    assert "inf of the largest" in check_agreement(plain, lambda _: right * np.nan)


def test_half_precision_may_be_coarser() -> None:
    half = network(layers.Conv2D(2, 3, dtype="mixed_float16"))
    right = run_keras(half, noise(half))
    assert check_agreement(half, lambda _: right + 0.01 * np.abs(right).max()) == ""


@pytest.mark.parametrize("structure", [lambda x: x, lambda x: [x], lambda x: {"photos": x}])
def test_inputs_come_in_the_structure_that_a_network_asks_for(
    structure: Any, recwarn: pytest.WarningsRecorder
) -> None:
    photos = keras.Input((6, 6, 3), name="photos")
    one = keras.Model(structure(photos), layers.Flatten()(photos))
    rows = run_keras(one, noise(one))
    graph = inference_graph(one)
    assert np.array_equal(np.squeeze(graph(*map(keras.ops.convert_to_tensor, noise(one)))), rows)
    assert [str(one.message) for one in recwarn if "structure" in str(one.message)] == []

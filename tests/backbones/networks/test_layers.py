from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from backbones.errors import InputError
from backbones.networks.layers import find_layers, trace


@pytest.fixture(scope="module")
def network() -> Any:
    """A network with a model, in it a sequence; a layer used twice, one with two outputs."""
    deep = keras.Sequential(
        [keras.Input((8, 8, 2)), layers.Conv2D(2, 1, name="first"), layers.ReLU(name="last")],
        name="deep",
    )
    entry = keras.Input((8, 8, 3))
    stem = layers.Conv2D(2, 3, padding="same", name="stem")(entry)
    inner = keras.Model(entry, deep(stem), name="inner")
    photos = keras.Input((8, 8, 3))
    shared = layers.Conv2D(2, 3, padding="same", name="shared")
    twice = shared(shared(inner(photos, training=False)))
    _, *states = layers.LSTM(3, return_state=True, name="branches")(layers.Reshape((8, 16))(twice))
    return keras.Model(photos, [twice, states[1]], name="net")


def found(network: Any, *paths: str) -> list[np.ndarray]:
    view = keras.Input((8, 8, 3))
    outputs = find_layers(network, trace(network, view), paths)
    photos = np.random.default_rng(0).uniform(0, 1, (2, 8, 8, 3)).astype(np.float32)
    return [np.asarray(one) for one in keras.Model(view, outputs)(photos)]


def test_layers_are_read_by_their_path_and_the_number_of_their_use(network: Any) -> None:
    photos = np.random.default_rng(0).uniform(0, 1, (2, 8, 8, 3)).astype(np.float32)
    inner, shared = network.get_layer("inner"), network.get_layer("shared")
    deep = inner.get_layer("deep")
    first = deep.get_layer("first")(inner.get_layer("stem")(photos))
    whole = inner(photos)
    twice, state = network(photos)
    expected = {
        "inner": whole,
        "inner/deep/first": first,
        "inner/deep": whole,
        "shared:1": shared(whole),
        "shared:2": twice,
        "branches[3]": state,
    }
    for path, ours in zip(expected, found(network, *expected), strict=True):
        np.testing.assert_allclose(ours, expected[path], rtol=1e-5, atol=1e-6, err_msg=path)


WRONG = [
    ([], "net has 2 outputs; say which are read, in layers: [shared:2, branches[3]]"),
    (["shared"], "shared is used 2 times; say which: shared:1, shared:2"),
    (["shared:3"], "shared is used 2 times; say which: shared:1, shared:2"),
    (["branches"], "branches has 3 outputs; say which: branches[1], branches[2], branches[3]"),
    (["branches[4]"], "branches has 3 outputs; say which: branches[1], branches[2], branches[3]"),
    (["first"], "net has no layer 'first'; known: "),
    (["stem"], "net has no layer 'stem'; did you mean inner/stem?"),
    (["inner/steam"], "inner has no layer 'steam'; did you mean stem?"),
    (["inner/stem/x"], "stem has no layer 'x': it is no model of layers"),
    (["inner/"], "inner has no layer ''"),
    (["/inner"], "net has no layer ''"),
    (["inner/deep:2/first"], "inner/deep is used 1 times; say which: inner/deep:1/first"),
]


@pytest.mark.parametrize(("paths", "message"), WRONG)
def test_what_a_path_leaves_open_is_said_with_the_choices(
    traced: tuple[Any, Any], paths: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(f"layers: {message}")):
        find_layers(*traced, paths)


@pytest.fixture(scope="module")
def traced(network: Any) -> tuple[Any, Any]:
    return network, trace(network, keras.Input((8, 8, 3)))


def test_outputs_with_names_are_read_by_them() -> None:
    photos = keras.Input((8, 8, 3))
    doubled = photos * 2
    network = keras.Model(photos, {"map": doubled, "row": layers.Flatten()(photos)}, name="net")
    outputs = trace(network, photos)
    (row,) = find_layers(network, outputs, ["row"])
    assert row.shape == (None, 192)
    with pytest.raises(InputError, match=r"2 outputs; say which are read, in layers: \[map, row\]"):
        find_layers(network, outputs, [])


def test_a_layer_that_fills_the_memory_is_named() -> None:
    photos = keras.Input((8, 8, 3))
    network = keras.Model(photos, layers.UpSampling2D(10**6, name="vast")(photos))
    with pytest.raises(InputError, match=r"the layer vast gives \(8000000, 8000000, 3\), 192,0"):
        trace(network, photos)

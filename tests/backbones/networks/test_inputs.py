from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from backbones.errors import InputError
from backbones.networks.inputs import check_size, photo_input, prepare
from backbones.networks.spec import BackboneSpec


def flat(*shape: int | None, dtype: str = "float32") -> Any:
    photos = keras.Input(shape, dtype=dtype)
    return keras.Model(photos, layers.Identity()(photos))


def turned() -> Any:
    photos = keras.Input((8, 8, 3))
    return keras.Model(photos, layers.Conv2D(2, 3, data_format="channels_first")(photos))


def two() -> Any:
    photos, age = keras.Input((8, 8, 3), name="photo"), keras.Input((1,), name="age")
    return keras.Model([photos, age], layers.Flatten()(photos) * age)


def spec(preprocessing: str) -> BackboneSpec:
    return BackboneSpec.model_validate({"model": "net.keras", "preprocessing": preprocessing})


WRONG = [
    (lambda: flat(8, 8, 4), "must take photos (n, height, width, 3), or (n, height, width, 1)"),
    (lambda: flat(8, 8), "must take photos"),
    (lambda: flat(8, 8, 8, 3), "must take photos"),
    (lambda: flat(3, 8, 8), "is built channels_first"),
    (turned, "is built channels_first"),
    (two, "takes 2 inputs (photo (None, 8, 8, 3), age (None, 1)); save a model that takes one"),
    (lambda: keras.Sequential([layers.Dense(2)]), "is no graph of layers, but a Sequential"),
    (lambda: keras.Model(), "is no graph of layers, but a Model"),
    (lambda: flat(10**6, 10**6, 3), "takes photos of (1000000, 1000000), above 8192 pixels"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_a_network_that_takes_no_photo_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"model: net.keras {message}")):
        photo_input(make(), "model: net.keras")


def test_its_size_and_channels_are_read() -> None:
    named = keras.Input((8, 6, 3), name="image")
    assert photo_input(keras.Model({"image": named}, named * 2), "m") == (8, 6, 3)
    assert photo_input(flat(None, None, 1), "m") == (None, None, 1)
    assert photo_input(keras.Sequential([keras.Input((4, 4, 3)), layers.ReLU()]), "m") == (4, 4, 3)


def test_another_size_than_it_is_built_for_is_refused() -> None:
    check_size(spec("none"), flat(None, 6, 3), (5, 6))
    with pytest.raises(InputError, match=r"net\.keras is built for \[8, 6\], not \[8, 8\]; leave"):
        check_size(spec("none"), flat(8, 6, 3), (8, 8))


def test_a_network_of_one_channel_sees_luminance() -> None:
    photos = np.random.default_rng(0).integers(0, 256, (1, 5, 4, 3), dtype=np.uint8)
    grey = np.asarray(Image.fromarray(photos[0]).convert("L"), dtype=np.float32)
    given = keras.ops.cast(photos, "float32")
    ours = np.asarray(prepare(spec("none"), flat(5, 4, 1), given))
    assert ours.shape == (1, 5, 4, 1)
    assert np.abs(ours[0, :, :, 0] - grey).max() <= 0.51  # Pillow rounds
    scaled = np.asarray(prepare(spec("tf"), flat(5, 4, 1), given))
    np.testing.assert_allclose(scaled, ours / 127.5 - 1, atol=1e-6)
    with pytest.raises(InputError, match="takes grey photos: tf or none is needed, not caffe"):
        prepare(spec("caffe"), flat(5, 4, 1), given)


def test_whole_numbers_are_not_preprocessed() -> None:
    with pytest.raises(InputError, match=r"takes whole numbers \(uint8\): none is needed, not tf"):
        prepare(spec("tf"), flat(5, 4, 3, dtype="uint8"), keras.ops.zeros((1, 5, 4, 3)))

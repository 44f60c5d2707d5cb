from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from backbones.errors import InputError
from backbones.networks.network import build, feature_shapes, native_size
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights, find, imagenet_download
from tests.backbones.networks.forward import forward

RANDOM = Weights("random", "random-0")


def some_photos(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (2, height, width, 3), dtype=np.uint8)


def features(spec: BackboneSpec, photos: np.ndarray, weights: Weights = RANDOM) -> np.ndarray:
    height, width = photos.shape[1:3]
    network = build([spec], (height, width), weights)
    found = forward(network, photos)
    assert found.shape[1] == sum(map(prod, feature_shapes(spec, (height, width))))
    return found


def variant(tiny: BackboneSpec, **changes: Any) -> BackboneSpec:
    return BackboneSpec.model_validate({**tiny.model_dump(exclude_unset=True), **changes})


def test_features_with_imagenet_weights_equal_plain_keras(keras_home: Path) -> None:
    spec = BackboneSpec(name="one", application="MobileNetV2")
    photos = some_photos(224, 224)
    ours = features(spec, photos, find(spec, imagenet_download(spec, (224, 224)), "any"))
    plain = keras.applications.MobileNetV2(
        include_top=False, pooling="avg", weights="imagenet", input_shape=(224, 224, 3)
    )
    prepared = keras.applications.mobilenet_v2.preprocess_input(photos.astype(np.float32))
    theirs = plain.predict(prepared, verbose=0)
    # Which algorithm a processor's library picks for a batch moves the last bits.
    assert np.abs(ours - theirs).max() <= 1e-5 * np.abs(theirs).max()


def test_a_saved_model_equals_plain_keras(keras_home: Path) -> None:
    path = keras_home / "squeezenet_v1_1_notop.keras"
    spec = BackboneSpec(name="one", model=str(path), preprocessing="caffe", layers=["fire5"])
    photos = some_photos(96, 128)
    ours = features(spec, photos, Weights("file", "digest", path))
    saved = keras.saving.load_model(path)
    maps = keras.Model(saved.inputs, saved.get_layer("fire5").output)
    means = np.array([103.939, 116.779, 123.68], dtype=np.float32)
    theirs = maps.predict(photos[..., ::-1].astype(np.float32) - means, verbose=0).mean(axis=(1, 2))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_poolings_are_those_of_the_feature_map(tiny: BackboneSpec) -> None:
    photos = some_photos(64, 96)
    flat = features(variant(tiny, layers=["conv_pw_5_relu"], pooling="flatten"), photos)
    maps = flat.reshape(2, 8, 12, 64)

    def pooled(pooling: Any) -> np.ndarray:
        return features(variant(tiny, layers=["conv_pw_5_relu"], pooling=pooling), photos)

    mean, peak = maps.mean(axis=(1, 2)), maps.max(axis=(1, 2))
    cells = maps.reshape(2, 2, 4, 3, 4, 64).mean(axis=(2, 4)).reshape(2, -1)
    for ours, expected in [
        (pooled("avg"), mean),
        (pooled("max"), peak),
        (pooled("avg+max"), np.concatenate([mean, peak], axis=1)),
        (pooled({"grid": [2, 3]}), cells),
    ]:
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_layers_stand_side_by_side_in_their_order(tiny: BackboneSpec) -> None:
    photos = some_photos(32, 48)
    one, other = (features(variant(tiny, layers=[n]), photos) for n in ("conv1_relu", "conv_pw_5"))
    both = features(variant(tiny, layers=["conv1_relu", "conv_pw_5"]), photos)
    np.testing.assert_allclose(both, np.concatenate([one, other], axis=1), rtol=1e-6)


@pytest.mark.slow
def test_flip_is_the_mean_with_the_mirror_image(tiny: BackboneSpec) -> None:
    photos = some_photos(32, 48)
    both = features(variant(tiny, flip=True), photos)
    mean = (features(tiny, photos) + features(tiny, photos[:, :, ::-1])) / 2
    np.testing.assert_allclose(both, mean, rtol=1e-5, atol=1e-7)
    assert not np.allclose(both, features(tiny, photos), atol=0)


@pytest.mark.slow
def test_random_weights_follow_their_seed(tiny: BackboneSpec) -> None:
    photos = some_photos(32, 48)
    first, again = features(tiny, photos), features(tiny, photos)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, features(variant(tiny, weights_seed=1), photos))


@pytest.mark.slow
def test_a_file_of_weights_is_loaded(tiny: BackboneSpec, tmp_path: Path) -> None:
    keras.utils.set_random_seed(5)
    donor = keras.applications.MobileNet(
        alpha=0.25, include_top=False, weights=None, input_shape=(32, 48, 3)
    )
    path = tmp_path / "own.weights.h5"
    donor.save_weights(path)
    photos = some_photos(32, 48)
    spec = variant(tiny, weights=str(path))
    ours = features(spec, photos, Weights("file", "digest", path))
    prepared = keras.applications.mobilenet.preprocess_input(photos.astype(np.float32))
    theirs = donor.predict(prepared, verbose=0).mean(axis=(1, 2))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


MISTAKES: list[tuple[dict[str, Any], tuple[int, int], str]] = [
    ({"layers": ["conv_pw_55"]}, (32, 48), "has no layer 'conv_pw_55'; did you mean conv_pw_5"),
    ({"pooling": {"grid": [9, 9]}}, (32, 48), r"grid \[9, 9\] is finer than the feature map of 1"),
    ({"arguments": {"alfa": 1}}, (32, 48), "arguments: MobileNet does not take them: .*'alfa'"),
    ({}, (16, 16), r"image_size: MobileNet cannot be built at \[16, 16\]: .*at least 32x32"),
]


@pytest.mark.parametrize(("changes", "size", "message"), MISTAKES)
def test_what_the_network_cannot_do_is_said_before_weights_are_loaded(
    tiny: BackboneSpec, changes: dict[str, Any], size: tuple[int, int], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        feature_shapes(variant(tiny, **changes), size)


def test_weights_of_another_network_are_refused(tiny: BackboneSpec, tmp_path: Path) -> None:
    path = tmp_path / "own.weights.h5"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save_weights(path)
    with pytest.raises(InputError, match=rf"weights: {path} do not fit the network"):
        build([variant(tiny, weights=str(path))], (32, 48), Weights("file", "digest", path))


def test_a_file_of_weights_that_leads_out_is_not_read(tiny: BackboneSpec, tmp_path: Path) -> None:
    path = tmp_path / "own.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/conv1/vars/0"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(
        InputError, match=r"weights: .*own\.weights\.h5 is not opened; save .*, as it holds:"
    ):
        build([variant(tiny, weights=str(path))], (32, 48), Weights("file", "digest", path))


def test_layers_of_a_nested_grey_model_are_read_with_tokens(tmp_path: Path) -> None:
    path, photos = tmp_path / "net.keras", keras.Input((32, 48, 1))
    inner = keras.Sequential(
        [keras.Input((32, 48, 1)), keras.layers.Reshape((48, 32), name="tokens")], name="inner"
    )
    keras.Model(photos, keras.layers.Flatten()(inner(photos))).save(path)
    entry = {"model": str(path), "preprocessing": "none", "layers": ["inner/tokens"]}
    spec = BackboneSpec.model_validate(entry)
    pixels = some_photos(32, 48)
    grey = pixels @ np.array([0.299, 0.587, 0.114])
    ours = features(spec, pixels, Weights("file", "digest", path))
    np.testing.assert_allclose(ours, grey.reshape(2, 48, 32).mean(axis=1), rtol=1e-5)
    with pytest.raises(InputError, match=r"net\.keras is built for \[32, 48\], not \[64, 48\]"):
        feature_shapes(spec, (64, 48))


def test_a_saved_model_that_carries_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.keras"
    photos = keras.Input((None, None, 3))
    keras.Model(photos, keras.layers.Lambda(lambda x: x * 2)(photos)).save(path)
    spec = BackboneSpec(name="one", model=str(path), preprocessing="none")
    with pytest.raises(InputError, match=r"evil\.keras cannot be opened: .*Lambda"):
        native_size(spec)


def test_native_size_of_a_saved_model(tmp_path: Path) -> None:
    sized, free = tmp_path / "sized.keras", tmp_path / "free.keras"
    for path, side in ((sized, 40), (free, None)):
        photos = keras.Input((side, side, 3))
        keras.Model(photos, keras.layers.Conv2D(4, 3)(photos)).save(path)
    spec = BackboneSpec(name="one", model=str(sized), preprocessing="none")
    assert native_size(spec) == (40, 40)
    with pytest.raises(InputError, match=r"image_size: .*free\.keras takes any size: state"):
        native_size(spec.model_copy(update={"model": str(free)}))


def test_a_model_that_takes_no_photos_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "four.keras"
    four = keras.Input((8, 8, 4))
    keras.Model(four, keras.layers.Flatten()(four)).save(path)
    spec = BackboneSpec(name="one", model=str(path), preprocessing="none")
    with pytest.raises(InputError, match=r"must take photos .*, not \(None, 8, 8, 4\)"):
        native_size(spec)


def test_maps_lie_in_the_row_as_the_layers_give_them(tiny: BackboneSpec) -> None:
    layers = ["conv_pw_3_relu", "conv_pw_5_relu"]
    spec = variant(tiny, layers=layers, pooling="none")
    shapes = [(8, 12, 32), (4, 6, 64)]
    assert feature_shapes(spec, (32, 48)) == shapes
    photos = some_photos(32, 48)
    (row, *_) = features(spec, photos, RANDOM)
    pooled = features(variant(tiny, layers=layers), photos, RANDOM)
    maps = [
        part.reshape(shape)
        for part, shape in zip(np.split(row, [8 * 12 * 32]), shapes, strict=True)
    ]
    means = np.concatenate([one.mean(axis=(0, 1)) for one in maps])
    np.testing.assert_allclose(means, pooled[0], rtol=1e-4, atol=1e-6)


def test_maps_of_the_mirror_image_are_turned_back(tiny: BackboneSpec) -> None:
    spec = variant(tiny, layers=["conv_pw_3_relu"], pooling="none", flip=True)
    photos = some_photos(32, 48)
    one = features(spec, photos, RANDOM).reshape(-1, 8, 12, 32)
    other = features(spec, photos[:, :, ::-1], RANDOM).reshape(-1, 8, 12, 32)
    np.testing.assert_allclose(one[:, :, ::-1], other, rtol=1e-3, atol=1e-5)


def test_one_pass_serves_several_entries(tiny: BackboneSpec) -> None:
    entries = [tiny, variant(tiny, layers=["conv_pw_3_relu"], pooling="none")]
    photos = some_photos(32, 48)
    joint = forward(build(entries, (32, 48), RANDOM), photos)
    apart = [forward(build([entry], (32, 48), RANDOM), photos) for entry in entries]
    np.testing.assert_allclose(joint, np.hstack(apart), rtol=1e-5, atol=1e-7)

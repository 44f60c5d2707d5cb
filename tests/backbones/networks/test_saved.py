from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from backbones.errors import InputError
from backbones.networks.catalog import unallocated
from backbones.networks.saved import build_saved, load_saved


def own_loss(true: Any, predicted: Any) -> Any:
    return predicted - true


@pytest.fixture(scope="module")
def network() -> Any:
    """A trained network with another one inside, statistics, half precision and operations."""
    inner = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(4, 1, activation="gelu")])
    inner.compile("adam", loss=own_loss)
    photos = keras.Input((8, 8, 3))
    half = layers.Conv2D(3, 3, strides=2, padding="same", dtype="mixed_float16")(photos)
    normal = layers.Normalization(mean=[1.0, 2, 3], variance=[1.0, 1, 4])(half)
    network = keras.Model(photos, layers.BatchNormalization()(inner(normal * 2 + 1)))
    network.compile("adam", "mse")
    for weight in network.weights:
        weight.assign(np.random.default_rng(0).uniform(0.5, 1, weight.shape))
    return network


@pytest.fixture(scope="module")
def saved(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "net.keras"
    network.save(path)
    return path


def changed(path: Path, out: Path, change: Any) -> Path:
    """The same file with another config."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    change(config)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out


def test_it_is_the_network_that_was_saved(network: Any, saved: Path) -> None:
    ours = load_saved(saved)
    assert [one.shape for one in ours.weights] == [one.shape for one in network.weights]
    photos = np.random.default_rng(0).uniform(0, 1, (2, 8, 8, 3)).astype(np.float32)
    assert np.abs(network(photos)).max() > 0
    np.testing.assert_array_equal(ours(photos), network(photos))


def test_without_weights_nothing_is_allocated(saved: Path) -> None:
    with unallocated():
        network = build_saved(saved)
    assert network.weights
    assert all(weight._value is None for weight in network.weights)


def test_more_weights_than_the_file_holds_are_not_allocated(saved: Path, tmp_path: Path) -> None:
    def grow(config: dict) -> None:
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "Conv2D":
                layer["config"]["kernel_size"] = [10**6, 10**6]

    path = changed(saved, tmp_path / "vast.keras", grow)
    message = (
        r"vast\.keras cannot be opened: its layers take 36,000,.* and the file holds \d{3,4}; it "
    )
    with pytest.raises(InputError, match=message):
        load_saved(path)
    load_saved(saved)  # nothing of it is left, to be allocated now


@pytest.mark.parametrize(
    ("name", "message"),
    [("Lambda", "it holds Lambda ('half'), which runs Python code"), ("Conv9D", "it holds Conv9D")],
)
def test_a_foreign_layer_is_named_and_not_built(
    saved: Path, tmp_path: Path, name: str, message: str
) -> None:
    def replace(config: dict) -> None:
        config["config"]["layers"][1] |= {"class_name": name}
        config["config"]["layers"][1]["config"]["name"] = "half"

    path = changed(saved, tmp_path / "net.keras", replace)
    with pytest.raises(InputError, match=re.escape(message)):
        load_saved(path)


def test_what_keras_says_of_a_config_is_one_line(saved: Path, tmp_path: Path) -> None:
    def spoil(config: dict) -> None:
        config["config"]["layers"][1]["config"]["filters"] = -3

    path = changed(saved, tmp_path / "net.keras", spoil)
    with pytest.raises(InputError, match=r"net\.keras cannot be opened: .*-3") as caught:
        load_saved(path)
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)

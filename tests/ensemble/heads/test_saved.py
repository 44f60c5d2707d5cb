from __future__ import annotations

import os
import subprocess
import sys
from math import prod
from pathlib import Path

import numpy as np
import pytest

from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore
from ensemble.heads import HeadSpec, build, fit, load, prepare, save
from ensemble.heads.saved import SavedNetwork

pytest.importorskip("openvino")


@pytest.fixture
def head(tmp_path: Path) -> Path:
    """The folder of an mlp on another scale of the target, of 20 unlike features."""
    draw = np.random.default_rng(0)
    X = (draw.normal(size=(200, 20)) * 10.0 ** np.arange(-10, 10)).astype(np.float32)
    parameters = {"layers": [64, 32], "optimizer": "adam", "learning_rate": 0.01, "epochs": 5}
    spec = HeadSpec(head="mlp", target="sqrt", parameters=parameters)
    save(fit(build(spec, seed=0), X, 20 * np.abs(X[:, 10]) + 10), tmp_path / "head")
    np.save(tmp_path / "X.npy", X)
    return tmp_path / "head"


def test_openvino_predicts_what_keras_does(head: Path, tmp_path: Path) -> None:
    X = np.load(tmp_path / "X.npy")
    X = np.tile(X, (10, 1))  # more than are predicted at once
    expected = load(head).predict(X)
    found = load(head, "openvino", tmp_path / "cache").predict(X)
    assert found.dtype == np.float64
    assert np.std(expected) > 1
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.slow
def test_openvino_sees_in_maps_what_keras_does(tmp_path: Path) -> None:
    shapes = ((6, 8, 5), (3, 4, 7), (6, 8, 3))
    store = FeatureStore(tmp_path / "maps", sum(map(prod, shapes)), "float16")
    photos = [f"{number:064x}" for number in range(40)]
    values = np.random.default_rng(0).normal(size=(40, store.length))
    store.write(photos, values.astype(np.float16))
    maps = Maps((Source(store, shapes),), photos, (96, 128))
    target = np.round(3 + values[:, 0])
    spec = HeadSpec(head="density", parameters={"least_steps": 20, "width": 12})
    save(fit(build(spec, seed=0), maps, np.maximum(target, 0)), tmp_path / "head")
    expected = load(tmp_path / "head").predict(maps)
    found = load(tmp_path / "head", "openvino", tmp_path / "cache").predict(maps)
    assert np.std(expected) > 0.01
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    store.close()


@pytest.mark.slow
def test_what_is_prepared_predicts_without_keras(head: Path, tmp_path: Path) -> None:
    prepare(head, "openvino", tmp_path / "cache")
    code = (
        "import sys; from pathlib import Path; import numpy as np; from ensemble.heads import load;"
        f"place = Path({str(tmp_path)!r});"
        "head = load(place / 'head', 'openvino', place / 'cache');"
        "np.save(place / 'found.npy', head.predict(np.load(place / 'X.npy')));"
        "assert 'keras' not in sys.modules and 'tensorflow' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    expected = load(head).predict(np.load(tmp_path / "X.npy"))
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), expected, rtol=1e-4)


def test_a_network_is_converted_once_for_each_content(head: Path, tmp_path: Path) -> None:
    import keras

    network, cache = head / "network.keras", tmp_path / "cache"
    place = SavedNetwork(network, "openvino", cache).convert()
    assert place is not None
    made = place.stat().st_ino
    assert SavedNetwork(network, "openvino", cache).convert() == place
    assert place.stat().st_ino == made
    model = keras.saving.load_model(network)
    model.set_weights([0.5 * weight for weight in model.get_weights()])
    model.save(network)
    assert SavedNetwork(network, "openvino", cache).convert() != place


def test_with_tensorflow_nothing_is_converted(head: Path, tmp_path: Path) -> None:
    prepare(head, "tensorflow", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    assert SavedNetwork(head / "network.keras").convert() is None

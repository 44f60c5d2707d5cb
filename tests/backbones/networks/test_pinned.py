from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.networks.catalog import import_keras
from backbones.networks.network import build
from backbones.networks.pinned import pinned
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from ensemble.heads.mlp import MLP

OF_THE_USER = {
    "floatx": "float16",
    "epsilon": 1e-3,
    "image_data_format": "channels_first",
    "max_epochs": 1,
    "max_steps_per_epoch": 1,
}


def now() -> dict[str, object]:
    config = import_keras().config
    return {name: getattr(config, name)() for name in OF_THE_USER}


@pytest.fixture
def of_the_user() -> Iterator[None]:
    """What a user's keras.json, environment and code may have set."""
    config = import_keras().config
    before, policy = now(), config.dtype_policy()
    for name, value in OF_THE_USER.items():
        getattr(config, f"set_{name}")(value)
    config.set_dtype_policy("mixed_float16")
    yield
    config.set_dtype_policy(policy)
    for name, value in before.items():
        getattr(config, f"set_{name}")(value)


def test_settings_are_ours_inside_and_the_users_outside(of_the_user: None) -> None:
    config = import_keras().config
    with pinned(), pinned():
        assert now() == {
            "floatx": "float32",
            "epsilon": 1e-7,
            "image_data_format": "channels_last",
            "max_epochs": None,
            "max_steps_per_epoch": None,
        }
        assert config.dtype_policy().name == "float32"
    assert now() == OF_THE_USER
    assert config.dtype_policy().name == "mixed_float16"


def test_they_stay_ours_until_the_last_thread_is_through(of_the_user: None) -> None:
    both_in, one_out = Barrier(2), Barrier(2)

    def first() -> None:
        with pinned():
            both_in.wait()
        one_out.wait()

    def second() -> object:
        with pinned():
            both_in.wait()
            one_out.wait()
            return now()["floatx"]

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result() == "float32"
    assert now() == OF_THE_USER


def test_a_network_is_the_same_whatever_the_user_has_set(
    tiny: BackboneSpec, request: pytest.FixtureRequest
) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (2, 32, 48, 3), dtype=np.uint8)

    def features() -> np.ndarray:
        return np.asarray(build([tiny], (32, 48), Weights("random", "random-0"))(photos))

    right = features()
    request.getfixturevalue("of_the_user")
    found = features()
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, right)


def test_a_head_is_the_same_whatever_the_user_has_set(request: pytest.FixtureRequest) -> None:
    X = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)

    def predictions() -> np.ndarray:
        return MLP(layers=(4,), epochs=3, random_state=0).fit(X, X[:, 0]).predict(X)

    right = predictions()
    request.getfixturevalue("of_the_user")
    np.testing.assert_array_equal(predictions(), right)


def test_another_backend_is_refused_before_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(InputError, match=r"KERAS_BACKEND: Keras is to run on jax.*; unset it"):
        import_keras()


def test_another_backend_that_was_imported_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_keras().config, "backend", lambda: "torch")
    with pytest.raises(InputError, match=r"Keras is to run on torch.* before Keras is imported"):
        import_keras()


def test_a_keras_json_that_keras_refuses_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras.json").write_text('{"floatx": "float8"}')
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    code = "from backbones.networks.catalog import import_keras\nimport_keras()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert f"InputError: {tmp_path}/keras.json: Keras cannot be imported with it" in done.stderr

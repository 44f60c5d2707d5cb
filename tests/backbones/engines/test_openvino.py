from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from backbones.engines import Features, openvino
from backbones.engines.openvino import NotConvertible, OpenVinoEngine, convert
from backbones.engines.tensorflow import inference_graph
from backbones.errors import InputError
from backbones.networks.network import build
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from tests.backbones.networks.forward import forward, through
from tests.backbones.networks.test_catalog import QUICK

pytest.importorskip("openvino", reason="the extra openvino is not installed")

#: Conversion takes ten seconds a network; every family is among the slow ones.
TABLE = [
    pytest.param(name, marks=() if name == "MobileNet" else pytest.mark.slow)
    for name in sorted(QUICK)
]


@pytest.mark.parametrize("name", TABLE)
def test_features_are_those_of_tensorflow(name: str, tmp_path: Path) -> None:
    spec = BackboneSpec(name="one", application=name, weights="random", image_size=(96, 112))
    network = build([spec], (96, 112), Weights("random", "random-0"))
    photos = np.random.default_rng(0).integers(0, 256, (2, 96, 112, 3), dtype=np.uint8)
    ours = through(OpenVinoEngine(convert(lambda: network, tmp_path / "one.xml")), photos)
    theirs = forward(network, photos)
    assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max()


@pytest.mark.slow
def test_flip_and_every_pooling_convert(tiny: BackboneSpec, tmp_path: Path) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (3, 64, 96, 3), dtype=np.uint8)
    poolings: list[Any] = ["avg+max", "flatten", {"grid": [2, 3]}]
    for number, pooling in enumerate(poolings):
        spec = BackboneSpec.model_validate(
            {
                **tiny.model_dump(exclude_unset=True),
                "pooling": pooling,
                "flip": True,
                "layers": ["conv_pw_3_relu", "conv_pw_5_relu"],
            }
        )
        network = build([spec], (64, 96), Weights("random", "random-0"))
        path = tmp_path / f"{number}.xml"
        ours = through(OpenVinoEngine(convert(lambda n=network: n, path)), photos)  # type: ignore[misc]
        theirs = forward(network, photos)
        assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max()


def test_batches_of_any_size_in_any_number(tiny: BackboneSpec, tmp_path: Path) -> None:
    network = build([tiny], (32, 48), Weights("random", "random-0"))
    photos = np.random.default_rng(0).integers(0, 256, (20, 32, 48, 3), dtype=np.uint8)
    engine = OpenVinoEngine(convert(lambda: network, tmp_path / "one.xml"))
    found: dict[int, Features] = {}
    for start in range(0, 20, 3):
        engine.start(photos[start : start + 3], lambda f, start=start: found.update({start: f}))  # type: ignore[misc]
    engine.wait()
    rows = np.concatenate([found[start] for start in sorted(found)])
    np.testing.assert_allclose(rows, forward(network, photos), rtol=1e-3, atol=1e-20)


@pytest.mark.slow
def test_a_network_is_converted_once_and_then_run_without_keras(
    tiny: BackboneSpec, tmp_path: Path
) -> None:
    path = tmp_path / "networks" / "one.xml"
    convert(lambda: build([tiny], (32, 48), Weights("random", "random-0")), path)

    def unbuilt() -> None:
        raise AssertionError("it is converted already")

    assert convert(unbuilt, path) == path
    code = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from backbones.engines.openvino import OpenVinoEngine\n"
        f"engine = OpenVinoEngine(Path({str(path)!r}))\n"
        "engine.start(np.zeros((2, 32, 48, 3), np.uint8), lambda f: print(f.shape))\n"
        "engine.wait(); print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "(2, 256)\nFalse False\n"


def unconverted(result: Any, size: int = 16) -> Any:
    photos = keras.Input((size, size, 3), dtype="uint8")
    return keras.Model(photos, keras.layers.Flatten()(result(keras.ops.cast(photos, "float32"))))


def test_an_operation_that_it_does_not_have_is_named(tmp_path: Path) -> None:
    network = unconverted(keras.layers.Resizing(8, 8, interpolation="lanczos3"))
    with pytest.raises(NotConvertible, match=r"^No conversion rule found for operations: Scale"):
        convert(lambda: network, tmp_path / "one.xml")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_layers_that_draw_in_training_are_converted_at_rest(tmp_path: Path) -> None:
    network = unconverted(lambda x: keras.layers.RandomRotation(0.2)(keras.layers.RandomFlip()(x)))
    photos = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    ours = through(OpenVinoEngine(convert(lambda: network, tmp_path / "one.xml")), photos)
    np.testing.assert_array_equal(ours, photos.reshape(2, -1))


def test_a_conversion_that_computes_something_else_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = unconverted(lambda x: x + 1)
    wrong = inference_graph(unconverted(lambda x: x + 20))
    monkeypatch.setattr(openvino, "inference_graph", lambda network: wrong)
    with pytest.raises(
        NotConvertible, match=r"its numbers are 0\.074 of the largest from those of"
    ):
        convert(lambda: right, tmp_path / "one.xml")
    assert not list(tmp_path.iterdir())


def test_where_it_is_missing_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    way = r"pip install 'backbone-ensemble\[openvino\]', or set engine: tensorflow"
    with pytest.raises(InputError, match=way):
        openvino.import_openvino()


def brightness() -> Any:
    """A network that is converted within a second."""
    import keras

    photos = keras.Input((8, 8, 3), dtype="uint8")
    maps = keras.layers.Conv2D(4, 3, kernel_initializer=keras.initializers.GlorotUniform(0))
    means = keras.layers.GlobalAveragePooling2D()
    return keras.Model(photos, means(maps(keras.ops.cast(photos, "float32"))))


@pytest.mark.slow
@pytest.mark.parametrize("file", ["one.bin", "one.xml", "one.seal", "compiled"])
def test_a_damaged_network_is_said_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, file: str
) -> None:
    built: list[Any] = []

    def network() -> Any:
        built.append(brightness())
        return built[-1]

    photos = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    right = through(OpenVinoEngine(convert(network, tmp_path / "one.xml")), photos)
    place = tmp_path / file
    path = next(place.iterdir()) if place.is_dir() else place
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for _ in range(2):
        found = through(OpenVinoEngine(convert(network, tmp_path / "one.xml")), photos)
        np.testing.assert_array_equal(found, right)
    assert len(built) == (1 if file == "compiled" else 2)
    assert len(caplog.messages) == 1
    assert f"{path if file == 'compiled' else tmp_path / 'one.seal'} is damaged" in caplog.text


def test_a_network_in_the_place_of_another_is_not_taken_for_it(tmp_path: Path) -> None:
    convert(brightness, tmp_path / "one.xml")
    for path in list(tmp_path.glob("one.*")):
        path.rename(path.with_stem("other"))
    built: list[Any] = []
    convert(lambda: built.append(brightness()) or built[0], tmp_path / "other.xml")
    assert len(built) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Exception from src/plugins/intel_cpu: std::bad_alloc",
        "bad allocation",
        "pthread_create failed: Resource temporarily unavailable",
        "Cannot allocate memory",
        "Too many open files",
    ],
)
def test_what_the_machine_refuses_is_no_matter_of_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def refuse(network: Any) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(openvino, "_model", refuse)
    with pytest.raises(RuntimeError, match=text):
        convert(lambda: None, tmp_path / "one.xml")
    assert not list(tmp_path.iterdir())

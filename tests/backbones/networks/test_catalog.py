"""One table drives the tests of every builder of the installed Keras."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from backbones.engines import provenance
from backbones.errors import InputError
from backbones.networks import catalog
from backbones.networks.catalog import application, applications
from backbones.networks.network import build
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from tests.backbones.networks.forward import forward

# builder: native side, length of its averaged last layer
BUILDERS = {
    "ConvNeXtBase": (224, 1024),
    "ConvNeXtLarge": (224, 1536),
    "ConvNeXtSmall": (224, 768),
    "ConvNeXtTiny": (224, 768),
    "ConvNeXtXLarge": (224, 2048),
    "DenseNet121": (224, 1024),
    "DenseNet169": (224, 1664),
    "DenseNet201": (224, 1920),
    "EfficientNetB0": (224, 1280),
    "EfficientNetB1": (240, 1280),
    "EfficientNetB2": (260, 1408),
    "EfficientNetB3": (300, 1536),
    "EfficientNetB4": (380, 1792),
    "EfficientNetB5": (456, 2048),
    "EfficientNetB6": (528, 2304),
    "EfficientNetB7": (600, 2560),
    "EfficientNetV2B0": (224, 1280),
    "EfficientNetV2B1": (240, 1280),
    "EfficientNetV2B2": (260, 1408),
    "EfficientNetV2B3": (300, 1536),
    "EfficientNetV2L": (480, 1280),
    "EfficientNetV2M": (480, 1280),
    "EfficientNetV2S": (384, 1280),
    "InceptionResNetV2": (299, 1536),
    "InceptionV3": (299, 2048),
    "MobileNet": (224, 1024),
    "MobileNetV2": (224, 1280),
    "MobileNetV3Large": (224, 960),
    "MobileNetV3Small": (224, 576),
    "NASNetLarge": (331, 4032),
    "NASNetMobile": (224, 1056),
    "ResNet101": (224, 2048),
    "ResNet101V2": (224, 2048),
    "ResNet152": (224, 2048),
    "ResNet152V2": (224, 2048),
    "ResNet50": (224, 2048),
    "ResNet50V2": (224, 2048),
    "VGG16": (224, 512),
    "VGG19": (224, 512),
    "Xception": (299, 2048),
}

#: The others are slow.
QUICK = {
    "EfficientNetB0",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
}

TABLE = [
    pytest.param(name, *facts, marks=() if name in QUICK else pytest.mark.slow)
    for name, facts in BUILDERS.items()
]


def test_a_thread_waits_until_another_one_has_imported_keras(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    importing, finish, found = threading.Event(), threading.Event(), []

    def slowly() -> str:
        importing.set()
        finish.wait(10)
        return "keras"

    first = threading.Thread(target=lambda: found.append(catalog.import_keras()))
    second = threading.Thread(target=lambda: found.append(provenance.tensorflow_threads()))
    monkeypatch.setattr(catalog, "_import_keras", slowly)
    first.start()
    assert importing.wait(10)
    second.start()
    second.join(0.2)
    assert found == []  # it has not looked at what is half there
    finish.set()
    first.join(10)
    second.join(10)
    assert found[0] == "keras"
    assert len(found) == 2


def test_the_table_is_what_keras_offers() -> None:
    assert sorted(applications()) == sorted(BUILDERS)


@pytest.mark.parametrize(("name", "side", "length"), TABLE)
def test_each_builder_constructs_preprocesses_and_gives_its_features(
    name: str, side: int, length: int
) -> None:
    # A small input keeps it quick; 96 is more than every network's least.
    spec = BackboneSpec(name="one", application=name, weights="random", image_size=(96, 112))
    network = build([spec], (96, 112), Weights("random", "random-0"))
    photos = np.random.default_rng(0).integers(0, 256, (2, 96, 112, 3), dtype=np.uint8)
    features = forward(network, photos)
    assert features.shape == (2, length)
    assert np.isfinite(features).all()
    assert not np.array_equal(features[0], features[1])


@pytest.mark.parametrize(("name", "side", "length"), TABLE)
def test_native_size_is_read_from_keras(name: str, side: int, length: int) -> None:
    assert application(name).native_size() == (side, side)


@pytest.mark.parametrize(
    ("name", "first"),
    [("MobileNetV2", 200 / 127.5 - 1), ("VGG16", 50 - 103.939), ("EfficientNetB0", 200.0)],
)
def test_each_family_has_its_own_preprocessing(name: str, first: float) -> None:
    pixel = np.array([[[[200.0, 100.0, 50.0]]]], dtype=np.float32)
    assert np.asarray(application(name).preprocess(pixel.copy()))[0, 0, 0, 0] == pytest.approx(
        first
    )


def test_an_unknown_builder_brings_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no builder 'MobilNetV2'; did you mean MobileNetV2"):
        application("MobilNetV2")


def test_importing_keras_says_nothing_and_errors_are_still_seen() -> None:
    code = (
        "import os; from backbones.networks.catalog import import_keras, _stderr_kept_for_errors\n"
        "import_keras()\n"
        "try:\n"
        "    with _stderr_kept_for_errors():\n"
        "        os.write(2, b'from below'); raise OSError\n"
        "except OSError: pass\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("", "from below")

from __future__ import annotations

import hashlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from backbones.errors import InputError
from backbones.networks.download import Download
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import (
    Weights,
    fetch,
    find,
    imagenet_download,
    replace_get_file,
)

FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
IMAGENET = BackboneSpec(name="one", application="MobileNetV2")


def test_imagenet_names_the_file_that_keras_would_fetch(no_weights: Path) -> None:
    download = imagenet_download(IMAGENET, (224, 224))
    assert download.file == FILE
    assert download.url.endswith(f"/mobilenet_v2/{FILE}")
    assert download.path == no_weights / "models" / FILE


def test_imagenet_at_another_size_is_what_keras_takes_for_it() -> None:
    assert "_1.0_160_no_top" in imagenet_download(IMAGENET, (160, 160)).file
    assert imagenet_download(IMAGENET, (416, 608)).file == FILE


def test_arguments_that_imagenet_has_no_weights_for() -> None:
    spec = BackboneSpec(name="one", application="MobileNetV2", arguments={"alpha": 0.33})
    with pytest.raises(InputError, match=r"weights: imagenet: .*alpha must be one of"):
        imagenet_download(spec, (224, 224))


def test_without_network_and_file_the_error_names_file_place_and_ways_on(no_weights: Path) -> None:
    with pytest.raises(InputError) as caught:
        fetch(imagenet_download(IMAGENET, (224, 224)))
    message = str(caught.value)
    assert f"{FILE} is not at {no_weights / 'models' / FILE}" in message
    assert "(no network)" in message
    for way in ("run once with a network", "KERAS_HOME", "a file of your own", "fallback: random"):
        assert way in message


def test_fallback_is_taken_only_where_allowed_and_is_marked(no_weights: Path) -> None:
    download = imagenet_download(IMAGENET, (224, 224))
    with pytest.raises(InputError):
        find(IMAGENET, download, "3.15")
    allowed = IMAGENET.model_copy(update={"fallback": "random"})
    expected = Weights("random", "random-0-keras-3.15", fell_back=True)
    assert find(allowed, download, "3.15") == expected


def test_real_weights_are_found_and_not_fetched(keras_home: Path) -> None:
    found = find(IMAGENET, imagenet_download(IMAGENET, (224, 224)), "3.15")
    path = keras_home / "models" / FILE
    assert found == Weights("imagenet", hashlib.sha256(path.read_bytes()).hexdigest(), path)


def test_a_damaged_file_is_refused(no_weights: Path) -> None:
    download = Download("w.h5", "https://example.org/w.h5", hashlib.md5(b"whole").hexdigest())
    download.path.parent.mkdir(parents=True)
    download.path.write_bytes(b"half")
    with pytest.raises(
        InputError, match=r"w\.h5 is damaged: its MD5 is \w+, expected \w+\. Delete"
    ):
        fetch(download)
    download.path.write_bytes(b"whole")
    fetch(download)


def test_a_file_of_weights_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    spec = BackboneSpec(name="one", application="VGG16", weights=str(path))
    with pytest.raises(InputError, match=r"weights: there is no file .*w\.h5"):
        find(spec, None, "3.15")
    path.write_bytes(b"abc")
    assert find(spec, None, "3.15") == Weights("file", hashlib.sha256(b"abc").hexdigest(), path)


def test_random_weights_are_known_by_seed_and_keras() -> None:
    spec = BackboneSpec(name="one", application="VGG16", weights="random", weights_seed=7)
    assert find(spec, None, "3.15").digest == "random-7-keras-3.15"


@pytest.fixture
def file_utils() -> ModuleType:
    """The module in which the builders of keras.applications look up `get_file`."""
    import keras

    return sys.modules[keras.utils.get_file.__module__]


def test_get_file_is_restored_after_nested_blocks(file_utils: ModuleType) -> None:
    original = file_utils.get_file
    with replace_get_file(len):
        with replace_get_file(max):
            assert file_utils.get_file is max
        assert file_utils.get_file is len
    assert file_utils.get_file is original


def test_get_file_is_restored_after_an_error(file_utils: ModuleType) -> None:
    original = file_utils.get_file
    with pytest.raises(KeyError), replace_get_file(len):
        raise KeyError
    assert file_utils.get_file is original


def test_get_file_is_replaced_by_one_thread_at_a_time(file_utils: ModuleType) -> None:
    original = file_utils.get_file

    def is_kept(replacement: object) -> bool:
        with replace_get_file(replacement):
            time.sleep(0.02)  # long enough for the other threads to enter, if they could
            return file_utils.get_file is replacement

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(is_kept, [len, max, min, sum] * 4))
    assert file_utils.get_file is original

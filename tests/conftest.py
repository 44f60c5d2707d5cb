"""Photos and networks that the tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
from PIL import Image

from backbones.networks import download
from backbones.networks.spec import BackboneSpec
from backbones.remote.filesystem import open_filesystem
from tests.backbones.remote.server import Asked, buckets, reset

SHARED = Path(__file__).resolve().parents[2] / "shared"


if (SHARED / "keras").is_dir():  # Keras reads the variable when it is imported
    os.environ.setdefault("KERAS_HOME", str(SHARED / "keras"))


def _place(variable: str, default: Path, what: str) -> Path:
    path = Path(os.environ.get(variable, default))
    if not path.is_dir():
        pytest.skip(f"{what} is not at {path}; set {variable}")
    return path


@pytest.fixture
def face_counting(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the real photos."""
    path = _place("FACE_COUNTING_DATA", SHARED / "face-counting", "the face counting data")
    monkeypatch.setenv("FACE_COUNTING_DATA", str(path))
    return path


@pytest.fixture
def houses(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the real houses."""
    path = _place("HOUSES_DATA", SHARED / "houses", "the data of houses")
    monkeypatch.setenv("HOUSES_DATA", str(path))
    return path


@pytest.fixture
def keras_home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with real imagenet weights, and KERAS_HOME set to it."""
    path = _place("KERAS_HOME", SHARED / "keras", "a folder of imagenet weights")
    if not (path / "models").is_dir():
        pytest.skip(f"{path} holds no weights; set KERAS_HOME")
    monkeypatch.setenv("KERAS_HOME", str(path))
    return path


@pytest.fixture
def no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty KERAS_HOME, and no network: what a first user on a train has."""
    home = tmp_path / "keras"
    monkeypatch.setenv("KERAS_HOME", str(home))

    def offline(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr(download, "urlopen", offline)
    return home


@pytest.fixture(scope="session")
def bfloat16() -> None:
    """A processor that computes in bfloat16."""
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    from backbones.engines.openvino import can_compute, processor

    if not can_compute("bfloat16"):
        pytest.skip(f"{processor()} has no instructions for bfloat16")


@pytest.fixture
def tiny() -> BackboneSpec:
    """The smallest network that Keras builds, with random weights."""
    return BackboneSpec(
        name="tiny",
        application="MobileNet",
        arguments={"alpha": 0.25},
        weights="random",
        image_size=(32, 48),
    )


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Twelve photos of noise, of several sizes."""
    folder = tmp_path / "photos"
    folder.mkdir()
    draw = np.random.default_rng(0)
    paths = []
    for index in range(12):
        pixels = draw.integers(0, 256, (40 + index, 60, 3), dtype=np.uint8)
        paths.append(folder / f"{index:02d}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths


@pytest.fixture(scope="session")
def any_buckets() -> Iterator[Asked]:
    """A server that is compatible with S3, on this machine."""
    pytest.importorskip("s3fs", reason="the extra s3 is not installed")
    pytest.importorskip("moto.server", reason="the extra test is not installed")
    with buckets() as asked:
        yield asked


@pytest.fixture
def bucket(any_buckets: Asked, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """A server of buckets with an empty one, ``bucket``, and credentials for it."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    settings = {
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_S3": any_buckets.address,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    open_filesystem.cache_clear()  # it keeps the credentials that it was opened with
    any_buckets.whole = float("inf")
    reset(any_buckets)
    open_filesystem("s3").mkdir("bucket")
    any_buckets.requests.clear()
    yield any_buckets
    open_filesystem.cache_clear()

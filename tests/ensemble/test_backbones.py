from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from backbones.networks import weights
from backbones.networks.download import Download
from backbones.networks.published import published
from backbones.networks.spec import BackboneSpec
from ensemble import list_backbones
from ensemble.backbones import main
from tests.backbones.networks.server import WHOLE, serving


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty KERAS_HOME."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that has the weights of every network but the ResNets."""
    digest = hashlib.md5(WHOLE).hexdigest()
    with serving() as address:

        def locate(spec: BackboneSpec, size: tuple[int, int]) -> Download:
            assert spec.application is not None
            one = published()[spec.application]
            assert size == (one.side, one.side)
            place = "nothing" if one.name.startswith("ResNet") else "whole"
            return Download(one.file, f"{address}/{place}", digest)

        monkeypatch.setattr(weights, "imagenet_download", locate)
        yield address


def test_it_lists_every_network_in_80_columns(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = published()["VGG16"].path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    assert main([]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split("  ")[0] == "network"
    assert [line.split()[0] for line in lines[: len(published())]] == list(published())
    assert max(len(line.rstrip()) for line in lines[:-1]) <= 80
    assert lines[-1] == str(path.parent)
    rows = [" ".join(line.split()) for line in lines]
    assert "VGG16 224 x 224 14.7 M 512 71.3 at hand" in rows
    assert "NASNetLarge 331 x 331 84.9 M 4,032 82.5" in rows
    assert sum(row.endswith("at hand") for row in rows) == 1


def test_in_python_it_is_a_table(home: Path) -> None:
    table = list_backbones()
    assert table["name"].tolist() == list(published())
    one = table.set_index("name").loc["MobileNetV2"]
    assert one.to_dict() == {
        "side": 224,
        "parameters": 2_257_984,
        "features": 1280,
        "top1": 71.3,
        "weights": str(published()["MobileNetV2"].path),
        "at_hand": False,
    }
    assert pd.api.types.is_float_dtype(table["top1"])
    assert pd.api.types.is_bool_dtype(table["at_hand"])


def test_the_list_needs_neither_keras_nor_pandas() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "ensemble.backbones"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "backbones.networks.published" in imported
    assert not imported & {"keras", "tensorflow", "sklearn", "pandas", "numpy"}


def test_weights_are_fetched_once_each_with_progress(
    home: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    vgg, mobile = published()["VGG16"].path, published()["MobileNetV2"].path
    assert main(["--fetch", "VGG16", "MobileNetV2", "VGG16"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^VGG16: 3 megabytes in", said, re.M)
    assert said.count(f"VGG16: fetched to {vgg}\n") == 1
    assert f"MobileNetV2: fetched to {mobile}\n" in said
    assert vgg.read_bytes() == mobile.read_bytes() == WHOLE
    assert main(["--fetch", "VGG16"]) == 0
    assert f"VGG16: at hand in {vgg}\n" in capsys.readouterr().out


def test_one_that_fails_is_named_in_a_line(
    home: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--fetch", "ResNet50"]) == 1
    path = published()["ResNet50"].path
    assert capsys.readouterr().err == (
        f"error: ResNet50: {path.name} could not be fetched: HTTP Error 404: Not Found; bring it "
        f"from {server}/nothing to {path}\n"
    )


def test_one_that_fails_does_not_keep_the_others(
    home: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--fetch", "ResNet50", "VGG16", "ResNet101"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(
        "error: 2 of 3 networks have no weights:\n  - ResNet50: resnet50_"
    )
    assert "\n  - ResNet101: " in printed.err
    assert "VGG16: fetched to " in printed.out
    assert [name for name, one in published().items() if one.is_at_hand] == ["VGG16"]


def test_a_damaged_file_is_named_and_stays(
    home: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = published()["VGG16"].path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    assert main(["--fetch", "VGG16"]) == 1
    assert f"VGG16: weights: imagenet: {path} is damaged: its MD5 is" in capsys.readouterr().err
    assert path.read_bytes() == b"half"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["vgg16"], "error: --fetch: Keras has no network 'vgg16'; did you mean VGG16?\n"),
        (["MobilNetV2"], "no network 'MobilNetV2'; did you mean MobileNetV2 or "),
        (["zzz"], "Keras has no network 'zzz'; python -m ensemble.backbones lists all\n"),
        ([""], "Keras has no network ''; python -m ensemble.backbones lists all\n"),
        (
            ["VGG16", "vgg19", "zzz", "vgg19"],
            "error: 2 names are unknown:\n  - --fetch: Keras has no network 'vgg19'; did you mean "
            "VGG19?\n  - --fetch: Keras has no network 'zzz'; ",
        ),
    ],
)
def test_names_that_are_none_are_refused_before_anything_is_fetched(
    names: list[str], message: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--fetch", *names]) == 1
    assert message in capsys.readouterr().err
    assert not home.exists()


def test_without_a_network_it_says_so(no_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fetch", "MobileNetV2"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "could not be fetched: no network; bring it from https://storage.googleapis.com/" in said

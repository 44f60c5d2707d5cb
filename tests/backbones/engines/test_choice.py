from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

from backbones.engines import choice, open_engine, precision
from backbones.engines.openvino import NotConvertible
from backbones.engines.tensorflow import TensorFlowEngine
from backbones.errors import InputError
from backbones.networks.network import build
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights

CASES = [
    ("auto", True, False, "openvino"),
    ("auto", True, True, "tensorflow"),
    ("auto", False, False, "tensorflow"),
    ("auto", False, True, "tensorflow"),
    ("tensorflow", True, False, "tensorflow"),
    ("openvino", True, True, "openvino"),
]


@pytest.mark.parametrize(("asked", "installed", "gpu", "taken"), CASES)
def test_auto_is_openvino_where_it_is_installed_and_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, asked: Any, installed: bool, gpu: bool, taken: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object() if installed else None)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(choice, "has_gpu", lambda: gpu)
    monkeypatch.setattr(choice, "check_repeatable", lambda network, name: network)
    monkeypatch.setattr(choice, "TensorFlowEngine", lambda network: ("tensorflow", network))
    monkeypatch.setattr(choice, "OpenVinoEngine", lambda path, _: ("openvino", path))
    monkeypatch.setattr(choice, "convert", lambda network, path: path)
    found: Any = open_engine(asked, lambda: "network", Path("kept.xml"))
    expected = {"tensorflow": "network", "openvino": Path("kept.xml")}
    assert found == (taken, expected[taken])


def test_tensorflow_runs_the_network_that_is_built(tiny: BackboneSpec) -> None:
    weights = Weights("random", "random-0")
    engine = open_engine("tensorflow", lambda: build([tiny], (32, 48), weights), Path("unused"))
    assert isinstance(engine, TensorFlowEngine)


@pytest.fixture
def on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """OpenVINO is preferred and has no such operation; the files that it is asked to make."""
    tried: list[Path] = []

    def fail(network: Any, path: Path) -> Path:
        network()
        tried.append(path)
        raise NotConvertible("No conversion rule found for operations: Odd")

    monkeypatch.setattr(choice, "_prefers_openvino", lambda: True)
    monkeypatch.setattr(choice, "convert", fail)
    monkeypatch.setattr(choice, "check_repeatable", lambda network, name: network)
    monkeypatch.setattr(choice, "TensorFlowEngine", lambda network: ("tensorflow", network))
    monkeypatch.setattr(choice, "version", lambda package: "2026.4.1")
    choice._tell.cache_clear()
    return tried


def test_what_openvino_cannot_run_tensorflow_runs_and_a_line_says_so(
    on_a_cpu: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, built = tmp_path / "networks" / "one.xml", []
    for _ in range(2):
        engine: Any = open_engine("auto", lambda: built.append(1) or "net", path, "backbones a, b")
        assert engine == ("tensorflow", "net")
    assert on_a_cpu == [path]  # it is not tried again
    assert len(built) == 2  # and built once each time
    assert caplog.messages == [
        "OpenVINO cannot run backbones a, b (No conversion rule found for operations: Odd): "
        "TensorFlow runs it, slower"
    ]


def test_files_that_were_not_finished_do_not_hide_why_it_cannot_run(
    on_a_cpu: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "one.xml"
    path.write_text("left by a kill before the seal")
    for _ in range(2):
        open_engine("auto", lambda: "net", path)
    assert on_a_cpu == [path]


def test_another_version_of_openvino_tries_again(
    on_a_cpu: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.xml"
    open_engine("auto", lambda: "net", path)
    monkeypatch.setattr(choice, "version", lambda package: "2027.0")
    open_engine("auto", lambda: "net", path)
    (tmp_path / "one.json").write_text("damaged")
    open_engine("auto", lambda: "net", path)
    assert on_a_cpu == [path] * 3


def test_openvino_that_was_asked_for_is_not_replaced(on_a_cpu: list[Path], tmp_path: Path) -> None:
    message = (
        "engine: OpenVINO cannot run backbone a: No conversion rule found for operations: Odd. "
        "Set engine: tensorflow, or auto"
    )
    for _ in range(2):
        with pytest.raises(InputError, match=message):
            open_engine("openvino", lambda: "net", tmp_path / "one.xml", "backbone a")
    assert len(on_a_cpu) == 1


def test_a_precision_that_tensorflow_lacks_is_never_left_to_it(
    on_a_cpu: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "can_compute", lambda _: True)
    path, line = tmp_path / "one.xml", "bfloat16 needs OpenVINO, and TensorFlow is the engine here"
    for engine in ("auto", "openvino"):
        with pytest.raises(InputError) as caught:
            open_engine(engine, lambda: "net", path, "backbone a", "bfloat16")  # type: ignore[arg-type]
        assert str(caught.value) == (
            "precision: OpenVINO cannot run backbone a: No conversion rule found for operations: "
            "Odd; and TensorFlow computes in float32 alone. Set precision: float32"
        )
    with pytest.raises(InputError, match=line):
        open_engine("tensorflow", lambda: "net", path, "backbone a", "bfloat16")
    monkeypatch.setattr(choice, "_prefers_openvino", lambda: False)
    with pytest.raises(InputError, match=line):
        open_engine("auto", lambda: "net", path, "backbone a", "bfloat16")
    assert on_a_cpu == [path]  # before anything was built


def test_a_network_that_cannot_be_built_is_no_matter_of_engines(
    on_a_cpu: list[Path], tmp_path: Path
) -> None:
    def unbuilt() -> None:
        raise InputError("layers: there is no such layer")

    with pytest.raises(InputError, match="no such layer"):
        open_engine("auto", unbuilt, tmp_path / "one.xml")
    assert not list(tmp_path.iterdir())

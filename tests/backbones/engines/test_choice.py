from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

from backbones.engines import choice, open_engine
from backbones.engines.tensorflow import TensorFlowEngine
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
    monkeypatch.setattr(choice, "TensorFlowEngine", lambda network: ("tensorflow", network))
    monkeypatch.setattr(choice, "OpenVinoEngine", lambda path: ("openvino", path))
    monkeypatch.setattr(choice, "convert", lambda network, path: path)
    found: Any = open_engine(asked, lambda: "network", Path("kept.xml"))
    expected = {"tensorflow": "network", "openvino": Path("kept.xml")}
    assert found == (taken, expected[taken])


def test_tensorflow_runs_the_network_that_is_built(tiny: BackboneSpec) -> None:
    weights = Weights("random", "random-0")
    engine = open_engine("tensorflow", lambda: build([tiny], (32, 48), weights), Path("unused"))
    assert isinstance(engine, TensorFlowEngine)

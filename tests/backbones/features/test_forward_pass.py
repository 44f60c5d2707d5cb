from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backbones.engines import Callback, Features, Photos
from backbones.errors import InputError
from backbones.features import forward_pass
from backbones.features.forward_pass import ForwardPass, Job, convert_passes
from backbones.features.store import TransientStore
from backbones.networks.backbone import Backbone
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights


class Given:
    """An engine that gives these features."""

    batch = 1

    def __init__(self, features: Features) -> None:
        self.features = features

    def start(self, photos: Photos, done: Callback) -> None:
        done(self.features)

    def wait(self) -> None:
        pass


def run(tiny: BackboneSpec, features: list[float], **changes: Any) -> TransientStore:
    spec = tiny.model_copy(update=changes)
    backbone = Backbone(spec, (2, 2), ((1, 1, 2),), Weights("random", "x"), "3")
    store = TransientStore(2, backbone.dtype)
    passing = ForwardPass((backbone,), Given(np.array([features], dtype=np.float32)))
    job = Job(passing, [store], {"0a"})
    job.take({"0a": np.zeros((2, 2, 3), dtype=np.uint8)})
    return store


def test_of_each_network_openvinos_file_or_none(
    tiny: BackboneSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backbones that share a pass are one network; another one's conversion plays no part.

    Those of another precision share none.
    """
    half = {"precision": "bfloat16"}
    entries = {"a": {}, "b": {"pooling": "max"}, "odd": {"flip": True}, "c": half}
    specs = [tiny.model_copy(update={"name": name, **more}) for name, more in entries.items()]
    weights = Weights("random", "x")
    backbones = [Backbone(one, (32, 32), ((1, 1, 2),), weights, "3") for one in specs]

    def convert(choice: str, network: Any, path: Path, name: str, precision: str) -> Path | None:
        assert choice == "auto"
        assert precision == ("bfloat16" if name == "backbone c" else "float32")
        return None if "odd" in name else path.with_name(name)

    monkeypatch.setattr(forward_pass, "network_to_run", convert)
    found = convert_passes(backbones, tmp_path, "auto")
    networks = tmp_path / "networks"
    assert found == [networks / "backbones a, b", None, networks / "backbone c"]


def test_features_are_kept(tiny: BackboneSpec) -> None:
    assert run(tiny, [1, 70_000]).read(["0a"]).tolist() == [[1, 70_000]]


def test_features_that_are_no_numbers_are_refused_with_their_backbone(tiny: BackboneSpec) -> None:
    message = "backbone tiny gives features of 1 of 1 photo that are not finite .*; its weights"
    for wrong in (np.nan, np.inf):
        with pytest.raises(InputError, match=message):
            run(tiny, [1, wrong])


def test_maps_beyond_half_precision_are_refused(tiny: BackboneSpec) -> None:
    message = r"backbone tiny gives .* beyond 65,504, as whole maps .* read another layer, or pool"
    with pytest.raises(InputError, match=message):
        run(tiny, [1, 70_000], pooling="none")

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from backbones.features.key import features_key
from backbones.features.label import StoreLabel, read_store_label
from backbones.features.store import open_store
from backbones.networks.backbone import Backbone
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights

PHOTO = "0a" * 32


def made(name: str = "tiny", **keys: object) -> Backbone:
    entry = {"name": name, "application": "MobileNet", "weights": "random", **keys}
    spec = BackboneSpec.model_validate(entry)
    return Backbone(spec, (32, 48), ((1, 1, 5),), Weights("random", "0"), "3")


def folder_of(backbone: Backbone, cache: Path) -> Path:
    return cache / "features" / features_key(backbone, "tensorflow")[:32]


def test_a_store_that_is_opened_says_which_backbone_it_is_of(tmp_path: Path) -> None:
    backbone = made(layers=["a", "b"], pooling={"grid": [2, 3]})
    open_store(backbone, tmp_path, "tensorflow").close()
    assert read_store_label(folder_of(backbone, tmp_path)) == StoreLabel(
        name="tiny",
        network="MobileNet",
        weights="random",
        size=(32, 48),
        layers=("a", "b"),
        pooling="grid (2, 3)",
        length=5,
        dtype="float32",
        fingerprint=backbone.fingerprint,
    )


def test_a_saved_network_is_called_by_its_file(tmp_path: Path) -> None:
    backbone = made(application=None, weights="imagenet", model="own.keras", preprocessing="tf")
    open_store(backbone, tmp_path, "tensorflow").close()
    label = read_store_label(folder_of(backbone, tmp_path))
    assert label is not None
    assert (label.network, label.weights) == ("own.keras", None)


def test_its_name_is_the_last_that_a_config_gave_it(tmp_path: Path) -> None:
    for name in ("first", "second"):
        open_store(made(name), tmp_path, "tensorflow").close()
    label = read_store_label(folder_of(made(), tmp_path))
    assert label is not None
    assert label.name == "second"


def test_each_use_is_dated(tmp_path: Path) -> None:
    open_store(made(), tmp_path, "tensorflow").close()
    file = folder_of(made(), tmp_path) / "about.json"
    os.utime(file, (0, 0))
    open_store(made(), tmp_path, "tensorflow").close()
    assert file.stat().st_mtime > 0


def test_an_old_store_keeps_its_features_and_gets_a_label(tmp_path: Path) -> None:
    store = open_store(made(), tmp_path, "tensorflow")
    store.write([PHOTO], np.ones((1, 5), dtype=np.float32))
    store.close()
    file = folder_of(made(), tmp_path) / "about.json"
    file.unlink()
    assert read_store_label(file.parent) is None
    store = open_store(replace(made()), tmp_path, "tensorflow")
    assert store.read([PHOTO]).tolist() == [[1.0] * 5]
    store.close()
    assert read_store_label(file.parent) is not None


def test_a_store_works_where_its_label_cannot_be_written(tmp_path: Path) -> None:
    (folder_of(made(), tmp_path) / "about.json").mkdir(parents=True)
    store = open_store(made(), tmp_path, "tensorflow")
    assert store.missing([PHOTO]) == [PHOTO]
    store.close()

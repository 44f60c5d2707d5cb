from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backbones.networks.backbone import Backbone
from backbones.networks.weights import Weights
from ensemble.config.config import Config
from ensemble.config.data import Data
from ensemble.config.experiment import Experiment
from ensemble.runs import origin as module
from ensemble.runs.origin import origin

PHOTOS = ["0a", "0b"]


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    for name in ("train.csv", "test.csv", "boxes.csv"):
        (tmp_path / name).write_text(name)
    entry = {"name": "one", "application": "VGG16", "weights": "random", "heads": ["ridge"]}
    data = {"folder": str(tmp_path), "test": "test.csv", "boxes": "boxes.csv"}
    config = Config.model_validate({"data": data, "backbones": [entry]})
    weights = Weights("random", "random-0")
    return Experiment(
        config, (Backbone(config.backbones[0], (32, 32), ((1, 1, 512),), weights, "3.13"),)
    )


def with_config(experiment: Experiment, **changes: Any) -> Experiment:
    return replace(experiment, config=experiment.config.model_copy(update=changes))


def test_what_changes_no_file_of_a_run_is_not_in_its_key(experiment: Experiment) -> None:
    key = origin(experiment, PHOTOS)
    experiment.config.data.path("test.csv").write_text("other")
    assert origin(experiment, PHOTOS) == key


@pytest.mark.parametrize("form", ["coco", "yolo"])
def test_the_files_of_objects_are_in_its_key(experiment: Experiment, form: str) -> None:
    folder = Path(experiment.config.data.folder)
    (folder / "labels").mkdir()
    suffix = {"coco": "json", "yolo": "txt"}[form]
    objects = {"format": form, "path": "labels"}
    content = experiment.config.data.model_dump(exclude={"boxes"}) | {"objects": objects}
    changed = with_config(experiment, data=Data.model_validate(content))
    keys = []
    for file in (f"labels/a.{suffix}", f"labels/b.{suffix}", "notes.md", "labels/classes.txt"):
        (folder / file).write_text(file)
        keys.append(origin(changed, PHOTOS))
    assert len(set(keys)) == {"coco": 2, "yolo": 3}[form]


def test_all_that_changes_a_run_is_in_its_key(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (backbone,) = experiment.backbones
    other = replace(backbone, weights=Weights("random", "random-1"))
    keys = [
        origin(experiment, PHOTOS),
        origin(experiment, PHOTOS[::-1]),
        origin(with_config(experiment, seed=1), PHOTOS),
        origin(replace(experiment, backbones=(other,)), PHOTOS),
    ]
    for table in ("train.csv", "boxes.csv"):
        experiment.config.data.path(table).write_text("other")
        keys.append(origin(experiment, PHOTOS))
    monkeypatch.setattr(module, "versions", lambda: {"python": "4"})
    keys.append(origin(experiment, PHOTOS))
    monkeypatch.setattr(module, "_code", lambda: "other")
    keys.append(origin(experiment, PHOTOS))
    assert len(set(keys)) == len(keys)


def test_the_code_is_that_of_both_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in (module.backbones, module.ensemble):
        (tmp_path / package.__name__ / "deep").mkdir(parents=True)
        (tmp_path / package.__name__ / "deep" / "a.py").write_text("")
        monkeypatch.setattr(package, "__path__", [str(tmp_path / package.__name__)])
    found = set()
    for changed in ("backbones", "ensemble"):
        module._code.cache_clear()
        found.add(module._code())
        (tmp_path / changed / "deep" / "a.py").write_text("pass")
    module._code.cache_clear()
    found.add(module._code())
    module._code.cache_clear()
    assert len(found) == 3

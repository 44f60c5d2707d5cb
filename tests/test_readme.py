"""What the README shows of configs is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backbones.networks import network
from ensemble import open_run
from ensemble.config.config import Config
from tests.ensemble.brightness import draw_photos

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = [YAML(typ="safe").load(text) for text in re.findall(r"```yaml\n(.*?)```", README, re.S)]


def config(block: Any) -> Config:
    """A block is a config, one without its data, or entries of its backbones."""
    parts = {"backbones": block} if isinstance(block, list) else block
    return Config.model_validate({"data": {"folder": "."}, **parts})


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_its_configs_are_valid_and_their_layers_exist(block: Any) -> None:
    built = 0
    for entry in config(block).backbones:
        if entry.application is not None:
            size = entry.image_size or network.native_size(entry)
            assert len(network.feature_shapes(entry, size)) > 0
            built += 1
    assert built > 0


def test_each_way_to_pool_and_resize_is_a_word_of_the_config() -> None:
    said = re.search(r"pooling: avg +# (.*)", README)
    assert said is not None
    words = YAML(typ="safe").load(f"[{said[1].replace(' or ', ' ')}]")
    entry = {"name": "a", "application": "MobileNet", "heads": ["ridge"]}
    for pooling in words:
        assert config(
            [{**entry, "pooling": {"grid": [2, 3]} if isinstance(pooling, dict) else pooling}]
        )
    resizes = re.search(r"resize: (\w+) +# (.*)", README)
    assert resizes is not None
    for resize in [resizes[1], *resizes[2].split(" or ")]:
        assert config([{**entry, "resize": resize}])


def test_its_python_runs_as_it_stands(
    keras_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    photos = draw_photos(tmp_path / "my-photos" / "images")
    photos["photo"] = photos["photo"].map(lambda path: Path(path).name)
    table = photos.rename(columns={"photo": "file", "light": "price"})
    table.to_csv("my-photos/train.csv", index=False)
    draw_photos(tmp_path / "new-photos", count=3, seed=1)
    Path("my.yaml").write_text(re.findall(r"```yaml\n(.*?)```", README, re.S)[0])
    (script,) = re.findall(r"```python\n(.*?)```", README, re.S)
    names: dict[str, Any] = {}
    exec(compile(script, "README.md", "exec"), names)
    assert next(iter(names["table"])) == "file"
    assert len(names["table"]) == 3
    model, run = names["model"], names["run"]
    paths = names["paths"].tolist()
    assert open_run("runs/model").predict(paths)["stack"].tolist() == model.predict(paths).tolist()
    assert run.leaderboard["kind"].tolist().count("member") == 2


def test_every_command_that_it_names_is_one() -> None:
    from ensemble.__main__ import VERBS

    named = set(re.findall(r"python -m ensemble\.(\w+)", README))
    assert named == set(VERBS)

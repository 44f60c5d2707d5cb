from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ensemble.config.data import Data
from ensemble.config.experiment import open_experiment
from ensemble.config.settings import ConfigError
from ensemble.config.table_format import TableFormat


def config(folder: Path, **changes: Any) -> Path:
    """A sound config of one tiny backbone, changed, as a file."""
    content = {
        "data": {"folder": str(folder), "columns": {"name": "photo", "target": "n"}},
        "backbones": [
            {
                "name": "tiny",
                "application": "MobileNet",
                "arguments": {"alpha": 0.25},
                "weights": "random",
                "image_size": [32, 48],
                "heads": ["ridge"],
            }
        ],
        "cache_dir": str(folder / "cache"),
        **changes,
    }
    path = folder / "config.yaml"
    with path.open("w") as file:
        YAML(typ="safe", pure=True).dump(content, file)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "train.csv").write_text("photo,n\n")
    return tmp_path


def test_a_sound_config_gives_backbones_and_members(folder: Path) -> None:
    experiment = open_experiment(
        config(folder), ["backbones.tiny.heads=[ridge, {head: svr, name: own, target: sqrt}]"]
    )
    assert [one.name for one in experiment.members] == ["tiny.ridge", "tiny.own"]
    assert experiment.backbones[0].length == 256
    assert experiment.resolved_config == experiment.config


def test_where_weights_fell_back_the_run_says_random(folder: Path, no_weights: Path) -> None:
    entry = {
        "name": "tiny",
        "application": "MobileNet",
        "image_size": [32, 48],
        "fallback": "random",
        "heads": ["ridge"],
    }
    experiment = open_experiment(config(folder, backbones=[entry]))
    assert experiment.backbones[0].weights.fell_back
    (resolved_config,) = experiment.resolved_config.backbones
    assert (resolved_config.weights, resolved_config.fallback) == ("random", None)


def entry(**changes: Any) -> dict[str, Any]:
    sound = {"name": "one", "application": "MobileNet", "weights": "random", "heads": ["ridge"]}
    return {**sound, **changes}


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"data": {"folder": ".", "separator": ";;"}}, "separator: must be one character, such as"),
    ({"data": {"folder": ".", "separator": ""}}, "separator: must be one character, such as"),
    ({"data": {"folder": ".", "separator": "."}}, "in quotes, not '.'"),
    ({"data": {"folder": ".", "separator": "x"}}, "in quotes, not 'x'"),
    ({"data": {"folder": ".", "decimal": ";"}}, "data.decimal: must be '.' or ',', not"),
    ({"data": {"folder": ".", "encoding": "utf8000"}}, "must be an encoding of text, as utf-8 or"),
    ({"data": {"folder": ".", "encoding": "base64"}}, "as utf-8 or cp1252, not 'base64'"),
    ({"data": {"folder": ".", "encoding": "unicode_escape"}}, "as utf-8 or cp1252, not 'unico"),
    ({"data": {"folder": ".", "encoding": "a\0b"}}, "as utf-8 or cp1252, not 'a\\x00b'"),
    (
        {"data": {"folder": ".", "columns": {"target": "n", "weight": "n"}}},
        "data.columns: target and weight: 'n' is named twice; each must be a column of its own",
    ),
    (
        {"data": {"folder": ".", "columns": {"box": ["a", "b", "c", "b"]}}},
        "data.columns: box: 'b' is named twice",
    ),
    ({"data": {"folder": ".", "columns": {"point": ["x", "name"]}}}, "name and point: 'name' is"),
    ({"data": {"folder": ".", "columns": {"name": "n", "target": "n"}}}, "name and target: 'n'"),
    ({"data": {"folder": ".", "minimum": True}}, "data.minimum: must be a number, not true; null"),
    ({"score": {"set_aside_above": False}}, "score.set_aside_above: must be a number, not false"),
    ({"backbones": [entry(name="a" * 101)]}, "name: String should have at most 100 characters"),
    ({"foldz": {"n": 3}}, "foldz: unknown key; did you mean folds?"),
    ({"folds": {"n": "five"}}, "folds.n: must be a valid integer, not 'five'"),
    ({"folds": {"method": "kfolds"}}, "folds.method: must be 'kfold', 'stratified',"),
    ({"folds": {"method": "group"}}, "folds.method: group needs data.columns.group"),
    ({"seed": True}, "seed: must be a valid integer, not True"),
    ({"engine": "onnx"}, "engine: must be 'auto', 'tensorflow' or 'openvino', not 'onnx'"),
    ({"score": {"metric": "mpae"}}, "score.metric: must be 'rmse', 'mae', 'mape', 'rmsle' or 'r2'"),
    ({"score": "mpae"}, "score.metric: must be 'rmse', 'mae', 'mape', 'rmsle' or 'r2', not 'mpae'"),
    ({"stack": {"round": 1}}, "stack.round: must be a valid boolean, not 1"),
    ({"stack": {"method": "median", "parameters": {"a": 1}}}, "parameters: median takes none"),
    ({"stack": "nlls"}, "stack: there is no stack 'nlls'; did you mean nnls?"),
    ({"stack": {"method": "mean", "parameters": {"a": 1}}}, "parameters: mean takes none"),
    (
        {"intervals": {"coverage": 1}},
        "intervals.coverage: must be less than 1, not 1",
    ),
    (
        {"intervals": {"coverage": 0}},
        "intervals.coverage: must be greater than 0, not 0",
    ),
    ({"intervals": {"covrage": 0.8}}, "intervals.covrage: unknown key; did you mean coverage?"),
    (
        {"data": {"folder": ".", "minimum": 3, "maximum": 2.5}},
        "data: minimum: 3 must be below maximum: 2.5",
    ),
    (
        {"data": {"folder": ".", "minimum": float("-inf")}},
        "data.minimum: must be a finite number, not -inf",
    ),
    ({"backbones": []}, "backbones: at least one is needed"),
    (
        {"backbones": [entry(), entry()]},
        "backbones need different names; given more than once: one",
    ),
    (
        {"backbones": [entry(heads=["ridge", "ridge"])]},
        "heads of one backbone need different names",
    ),
    (
        {"backbones": [entry(heads=["rigde"])]},
        "backbones.one.heads[0].head: there is no head 'rigde'",
    ),
    (
        {"backbones": [entry(heads=[{"head": "svr", "parameters": {"c": 1}}])]},
        "heads[0].parameters: svr has no parameter 'c'; ",
    ),
    ({"backbones": [entry(application="MobilNet")]}, "did you mean MobileNet"),
    ({"backbones": [entry(layers=["conv_pw_5_rel"])]}, "did you mean conv_pw_5_relu"),
    (
        {"backbones": [entry(image_size=[16, 16])]},
        "image_size: MobileNet cannot be built at [16, 16]",
    ),
    ({"backbones": [entry(weights="none.h5")]}, "backbones.one.weights: there is no file none.h5"),
    (
        {"backbones": [entry(heads=["ridge", "density"])]},
        "backbones.one: pooling: density needs whole maps; give it an entry of its own, with "
        "pooling: none",
    ),
    (
        {"backbones": [entry(pooling="none", heads=["ridge", "density"])]},
        "backbones.one: pooling: none keeps maps, of which ridge can make nothing; give these "
        "heads an entry of their own, with another pooling",
    ),
    (
        {"backbones": [entry(pooling="none", resize="crop", heads=["density"])]},
        "backbones.one: pooling: none needs the whole photo: resize squash or letterbox",
    ),
    (
        {"backbones": [entry(pooling="none", heads=[{"head": "density", "target": "log1p"}])]},
        "backbones.one.heads[0].target: density adds up over places: leave out target: log1p",
    ),
    (
        {"backbones": [entry(heads=[{"head": "density", "parameters": {"width": 1}}])]},
        "The 'width' parameter of Density must be an int in the range [6, inf). Got 1 instead.",
    ),
    ({"data": {"folder": "nowhere", "points": "p"}}, "data.points: there is no file nowhere/p"),
    (
        {"data": {"folder": "nowhere", "objects": {"format": "yolo", "path": "p"}}},
        "data.objects.path: there is no file or folder nowhere/p",
    ),
    (
        {"data": {"folder": ".", "objects": {"format": "cocco", "path": "p"}}},
        "data.objects.format: must be 'coco', 'yolo', 'voc', 'label_studio' or 'cvat'",
    ),
    (
        {"data": {"folder": ".", "objects": {"format": "coco", "path": "p", "classes": []}}},
        "data.objects.classes: must name a class; leave it out for all of them",
    ),
    *(
        (
            {"data": {"folder": ".", "objects": {"format": "yolo", "path": "p", "classes": one}}},
            f"data.objects.classes: {message}",
        )
        for one, message in (
            ("face", "must be a list, as [face]"),
            ([0], "0 must be in quotes, as a name: ['0']"),
            (["a", "a"], "'a' is named twice"),
        )
    ),
    (
        {"data": {"folder": ".", "objects": {"format": "coco", "path": "p"}, "boxes": "b"}},
        "data: objects: they stand in place of boxes; leave out the one or the other",
    ),
    *(
        (
            {"data": {"folder": ".", "columns": {"name": name}}},
            f"data.columns: name: '{name}' is a column of what is written beside the names",
        )
        for name in ("stack", "lower", "upper", "novelty", "filled", "reason", "left_out")
    ),
    (
        {"data": {"folder": ".", "columns": {"name": "target"}}},
        "data.columns: name and target: 'target' is named twice; each must be a column of its own",
    ),
    (
        {"data": {"folder": ".", "columns": {"name": "one.ridge"}}, "backbones": [entry()]},
        "data.columns.name: 'one.ridge' is the column of a member's predictions",
    ),
    ({"data": {"folder": "nowhere"}}, "data.train: there is no file nowhere/train.csv"),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_each_mistake_is_named_before_any_photo_is_read(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        open_experiment(config(folder, **changes))
    assert message in str(caught.value)


def test_all_mistakes_of_all_kinds_come_in_one_message(folder: Path) -> None:
    path = config(
        folder,
        foldz=1,
        seed="x",
        data={"folder": str(folder), "test": "none.csv", "colums": {}},
        backbones=[
            entry(application="MobilNet"),
            entry(name="two", layers=["no_such"]),
            entry(name="three", heads=["rigde"]),
            entry(name="four", image_size=[16, 16]),
            entry(name="five", weights="none.h5"),
        ],
    )
    with pytest.raises(ConfigError) as caught:
        open_experiment(path)
    assert str(caught.value).splitlines()[0] == f"{path} has 9 mistakes:"
    starts = [
        "data.colums: unknown key; did you mean columns",
        "backbones.three.heads[0].head: there is no head 'rigde'; did you mean",
        "seed: must be a valid integer",
        "foldz: unknown key; did you mean folds?",
        f"data.test: there is no file {folder}/none.csv",
        "backbones.one.application: Keras has no builder 'MobilNet'; did you mean MobileNet",
        "backbones.two.layers: mobilenet_1.00_224 has no layer 'no_such'; known: ",
        "backbones.four.image_size: MobileNet cannot be built at [16, 16]",
        "backbones.five.weights: there is no file none.h5",
    ]
    for mistake, start in zip(caught.value.mistakes, starts, strict=True):
        assert mistake.startswith(start)


@pytest.mark.parametrize(("given", "separator"), [("\t", "\t"), (r"\t", "\t"), (";", ";")])
def test_a_tab_may_be_written_as_two_letters(given: str, separator: str) -> None:
    data = Data.model_validate({"folder": ".", "separator": given, "decimal": ","})
    assert data.table_format == TableFormat(separator, ",", "utf-8")

"""Configs that the code takes, and configs that it refuses, each for one reason."""

from __future__ import annotations

from typing import Any

from tests.ensemble.config.test_any_config import VALID


def changed(**sections: Any) -> dict[str, Any]:
    """A small sound config with other sections."""
    entry = {"application": "MobileNetV2", "heads": ["ridge"]}
    return {"data": {"folder": "photos"}, "backbones": [entry], **sections}


def data(**keys: Any) -> dict[str, Any]:
    return changed(data={"folder": "photos", **keys})


def entry(**keys: Any) -> dict[str, Any]:
    sound = {"application": "MobileNetV2", "heads": ["ridge"]}
    return changed(backbones=[{**sound, **keys}])


def head(name: str, **keys: Any) -> dict[str, Any]:
    return entry(heads=[{"head": name, **keys}])


def saved(**keys: Any) -> dict[str, Any]:
    own = {"model": "own.keras", "preprocessing": "tf", "heads": ["ridge"]}
    return changed(backbones=[{**own, **keys}])


def tabular(
    features: Any = ("rooms", "zip"), heads: Any = ("ridge",), columns: Any = None
) -> dict[str, Any]:
    """Heads on columns, without a backbone."""
    named = list(features) if isinstance(features, tuple) else features
    data = {"folder": ".", "columns": {"features": named, **(columns or {})}}
    return changed(data=data, backbones=[], tabular={"heads": list(heads)})


def maps(**keys: Any) -> dict[str, Any]:
    return entry(**{"pooling": "none", "heads": ["density"], **keys})


def tiles(**keys: Any) -> dict[str, Any]:
    return maps(**{"image_size": [64, 96], "tile": {"size": [64, 96]}, **keys})


def parts(**keys: Any) -> dict[str, Any]:
    return {**maps(), "data": {"folder": "photos", **keys}}


TWO = [{"name": name, "application": "VGG16"} for name in ("a", "b")]

TAKEN: dict[str, Any] = {
    "as it is": VALID,
    "little": changed(),
    "a variable for text": data(train="${NOT_SET:-train}.csv"),
    "a variable for a word": changed(engine="${NOT_SET:-auto}"),
    "a variable for a number": data(minimum="${NOT_SET:-1.5}"),
    "a variable for a head": entry(heads=["${NOT_SET:-svr}"]),
    "a variable for a name": entry(name="${NOT_SET:-mine}"),
    "a variable for a builder": entry(application="${NOT_SET:-VGG16}"),
    "a variable for a stack": changed(stack="${NOT_SET:-mean}"),
    "a variable for a model": saved(model="${NOT_SET:-own.keras}"),
    "tiles": tiles(),
    "tiles that overlap by nothing, and bfloat16": tiles(
        tile={"size": [9, 5000], "overlap": 0}, precision="bfloat16", resize="squash"
    ),
    "no tiles": maps(tile=None, image_size=[50, 60]),
    "a variable for a pooling": maps(pooling="${NOT_SET:-none}"),
    "a variable for a word of a head": head("mlp", parameters={"loss": "${NOT_SET:-huber}"}),
    "a number in quotes": data(minimum="1.5", maximum=" 1e3 "),
    "a share in quotes": changed(intervals={"coverage": "0.8"}),
    "a cluster": changed(parallel={"backend": "ray", "address": "ray://head:10001", "actors": 4}),
    "a whole number for a number": changed(score={"set_aside_above": 40}),
    "null for none": data(test=None, minimum=None, limit=None, render=None),
    "null in an entry": entry(model=None, image_size=None, fallback=None, preprocessing=None),
    "a tab": data(separator="\t"),
    "a tab as two letters": data(separator="\\t"),
    "a semicolon": data(separator=";", decimal=","),
    "a grid": entry(pooling={"grid": [2, 3]}),
    "maps": maps(),
    "maps, none by a null": maps(resize="letterbox"),
    "a saved model": saved(),
    "a saved model with defaults": saved(weights="imagenet", arguments={}, weights_seed=0),
    "a saved model and no builder": saved(application=None),
    "a head of scikit-learn": head("RandomForestRegressor", parameters={"n_estimators": 10}),
    "a head's scale": head("svr", target="sqrt", parameters={"C": 3}),
    "units": head("mlp", parameters={"layers": [64, 32], "patience": None}),
    "no target of a map": maps(heads=[{"head": "density", "target": "none"}]),
    "a stack by name": changed(stack="HuberRegressor"),
    "a stack with parameters": changed(stack={"method": "ridge", "parameters": {"cv": 5}}),
    "a stack without a name": changed(stack={}),
    "a metric": changed(score={"metric": "mape"}),
    "a metric by name": changed(score="mape"),
    "a variable for a metric's name": changed(score="${NOT_SET:-mae}"),
    "a store by name": changed(tracking="mlflow"),
    "a variable for a metric": changed(score={"metric": "${NOT_SET:-mae}"}),
    "a stack for a metric": changed(stack="relative_log"),
    "a stack of whole numbers": changed(stack={"round": True}),
    "two folds and a mean": changed(folds={"n": 2}, stack="mean"),
    "objects": data(objects={"format": "coco", "path": "instances.json"}),
    "objects of a class": data(
        objects={"format": "${NOT_SET:-yolo}", "path": "labels", "classes": ["face"]}, boxes=None
    ),
    "areas": parts(areas="areas.csv", points="points.csv", boxes=None),
    "areas of an export": parts(
        areas="areas.csv", objects={"format": "coco", "path": "all.json"}, boxes=None
    ),
    "counts": parts(counts="counts.csv"),
    "own folds": changed(folds={"method": "column", "column": "fold"}),
    "times": changed(folds={"method": "time", "column": "date", "n": 3}),
    "times in a form": changed(folds={"method": "time", "column": "d", "format": "%d.%m.%Y"}),
    "two folds in a column": changed(folds={"method": "column", "column": "fold", "n": 2}),
    "two folds and a mapping": changed(folds={"n": 2}, stack={"method": "mean"}),
    "groups": changed(
        data={"folder": ".", "columns": {"group": "house"}}, folds={"method": "group"}
    ),
    "weights": data(columns={"weight": "w"}),
    "items": data(columns={"item": "house"}),
    "items and views": data(columns={"item": "house", "view": "room"}, boxes=None),
    "a way of items": changed(
        data={"folder": ".", "columns": {"item": "house"}}, views="${NOT_SET:-apart}"
    ),
    "no way": changed(views=None),
    "heads in joint": changed(backbones=TWO, joint=[{"backbones": ["a", "b"], "heads": ["svr"]}]),
    "columns": tabular(),
    "columns by kind": tabular(features={"rooms": "number", "zip": "${NOT_SET:-category}"}),
    "columns of a head": changed(
        data={"folder": ".", "columns": {"features": ["rooms"]}},
        backbones=[
            {"application": "VGG16", "heads": ["ridge", {"head": "svr", "columns": True}]},
        ],
    ),
    "no columns": head("mlp", columns=False),
    "several targets": data(columns={"target": ["weight", "length"]}, boxes=None),
    "limits of several targets": data(
        columns={"target": ["weight", "length"]},
        minimum={"weight": 0, "length": "${NOT_SET:-1}"},
        maximum={"weight": "1e3", "length": None},
    ),
    "a limit of several targets": data(columns={"target": ["weight", "length"]}, minimum=0),
    "set aside by target": {
        **data(columns={"target": ["weight", "length"]}),
        "score": {"set_aside_above": {"weight": 40}},
    },
    "a target in a list": data(columns={"target": ["weight"]}, render={"train": 9}),
    "layers": entry(layers=["inner/block_5", "shared:2"]),
    "random": entry(weights="random", weights_seed=7),
    "a fallback": entry(weights="imagenet", fallback="random"),
    "a file of weights": entry(weights="mine.weights.h5"),
}

REFUSED: dict[str, Any] = {
    "an unknown key": changed(foldz={}),
    "an unknown key below": changed(folds={"m": 3}),
    "an unknown key of an entry": entry(layerz=[]),
    "an unknown key of a head": head("ridge", alpha=1),
    "no data": {"backbones": changed()["backbones"]},
    "no folder": changed(data={}),
    "no backbones": changed(backbones=[]),
    "no list": changed(backbones={"application": "VGG16"}),
    "nothing": None,
    "a word": changed(engine="onnx"),
    "tiles of rows": entry(tile={"size": [64, 64]}),
    "tiles without a size": tiles(tile={"overlap": 0.1}),
    "tiles that are mostly in common": tiles(tile={"size": [64, 64], "overlap": 0.9}),
    "tiles of letterboxes": tiles(resize="letterbox"),
    "tiles in whole numbers": tiles(precision="int8"),
    "tiles of an uneven size": tiles(image_size=[64, 70]),
    "a word in the wrong case": entry(pooling="AVG"),
    "text for a number": data(minimum="low"),
    "text for a whole number": changed(folds={"n": "5"}),
    "a variable for a whole number": changed(seed="${NOT_SET:-5}"),
    "half a fold": changed(folds={"n": 2.5}),
    "one fold": changed(folds={"n": 1}),
    "no actors": changed(parallel={"actors": 0}),
    "another backend": changed(parallel={"backend": "spark"}),
    "a negative seed": changed(seed=-1),
    "a large seed": changed(seed=2**31),
    "true for a number": data(minimum=True),
    "true for a whole number": changed(seed=True),
    "text for true": entry(flip="yes"),
    "a number for text": data(train=3),
    "null for text": data(train=None),
    "a coverage of 1": changed(intervals={"coverage": 1}),
    "three sides": entry(image_size=[1, 2, 3]),
    "a large side": entry(image_size=[10_000, 32]),
    "a grid of none": entry(pooling={"grid": [0, 2]}),
    "two letters": data(separator=";;"),
    "a letter": data(separator="x"),
    "no letter": data(separator=""),
    "three ends": data(columns={"box": ["a", "b", "c"]}),
    "an end twice": data(columns={"box": ["a", "b", "c", "a"]}),
    "a column of ours": data(columns={"name": "stack"}),
    "an item of ours": data(columns={"item": "stack"}),
    "views of no items": data(columns={"view": "room"}),
    "a way of no items": changed(views="apart"),
    "an unknown way": changed(data={"folder": ".", "columns": {"item": "house"}}, views="alone"),
    "boxes of items": data(columns={"item": "house"}, boxes="boxes.csv"),
    "drawn items": data(columns={"item": "house"}, render={"train": 9}),
    "maps of items": {
        **maps(),
        "data": {"folder": ".", "columns": {"item": "house"}},
    },
    "no targets": data(columns={"target": []}),
    "a target twice": data(columns={"target": ["a", "a"]}),
    "a number for a target": data(columns={"target": ["a", 3]}),
    "boxes of several targets": data(columns={"target": ["a", "b"]}, boxes="boxes.csv"),
    "limits by target of one": data(columns={"target": ["weight"]}, minimum={"weight": 0}),
    "limits by target of none": data(maximum={"target": 0}),
    "set aside by target of one": changed(score={"set_aside_above": {"target": 0}}),
    "text for a number of a target": data(
        columns={"target": ["weight", "length"]}, minimum={"weight": "low"}
    ),
    "true for a number of a target": data(
        columns={"target": ["weight", "length"]}, minimum={"weight": True}
    ),
    "a list of limits": data(columns={"target": ["weight", "length"]}, minimum=[0, 1]),
    "several drawn targets": data(columns={"target": ["a", "b"]}, render={"train": 9}),
    "an unknown format": data(objects={"format": "labelme", "path": "a.json"}),
    "objects without a place": data(objects={"format": "coco"}),
    "no classes": data(objects={"format": "coco", "path": "a.json", "classes": []}),
    "a class twice": data(objects={"format": "coco", "path": "a.json", "classes": ["a", "a"]}),
    "areas of nothing": parts(areas="areas.csv", boxes=None),
    "drawn areas": parts(areas="areas.csv", boxes="b.csv", render={"train": 9}),
    "drawn counts": parts(counts="counts.csv", render={"train": 9}),
    "objects and boxes": data(objects={"format": "coco", "path": "a.json"}, boxes="boxes.csv"),
    "objects and points": data(objects={"format": "coco", "path": "a.json"}, points="p.csv"),
    "drawn objects": data(objects={"format": "coco", "path": "a.json"}, render={"train": 9}),
    "a name with a space": entry(name="my net"),
    "an empty name": entry(name=""),
    "an unknown metric by name": changed(score="mpae"),
    "a number for a metric": changed(score=3),
    "an unknown store": changed(tracking="wandb"),
    "an unknown kind": tabular(features={"rooms": "text"}),
    "a column without a name": tabular(features=[""]),
    "a column twice": tabular(features=["a", "a"]),
    "a column alone": tabular(features="rooms"),
    "heads of no columns": tabular(features=[]),
    "no heads of columns": tabular(heads=[]),
    "a network of columns": tabular(heads=["mlp"]),
    "columns and columns": tabular(heads=[{"head": "svr", "columns": True}]),
    "a head of columns twice": tabular(heads=["svr", "svr"]),
    "columns of a network": head("mlp", columns=True),
    "a word for true": head("svr", columns="yes"),
    "weights for a head of columns that takes none": tabular(
        columns={"weight": "w"}, heads=["KNeighborsRegressor"]
    ),
    "a long name": entry(name="a" * 101),
    "an unknown head": entry(heads=["rigde"]),
    "an unknown head in a mapping": head("rigde"),
    "a head that takes several targets": entry(heads=["MultiTaskLasso"]),
    "no head": changed(backbones=[{"application": "VGG16"}]),
    "no heads": entry(heads=[]),
    "a head twice": entry(heads=["ridge", "ridge"]),
    "an unknown parameter": head("svr", parameters={"c": 1}),
    "a parameter out of range": head("density", parameters={"width": 1}),
    "a loss that is none": head("mlp", parameters={"loss": "hubert"}),
    "half a unit": head("mlp", parameters={"layers": [1.5]}),
    "a parameter of scikit-learn": head("Ridge", parameters={"alhpa": 1}),
    "a fixed parameter": head("KNeighborsRegressor", parameters={"algorithm": "kd_tree"}),
    "maps for ridge": maps(heads=["ridge"]),
    "maps for a mapping": maps(heads=[{"head": "svr"}]),
    "rows for density": entry(heads=["density"]),
    "cropped maps": maps(resize="crop"),
    "a scale of a map": maps(heads=[{"head": "density", "target": "sqrt"}]),
    "neither builder nor model": changed(backbones=[{"name": "a", "heads": ["ridge"]}]),
    "builder and model": saved(application="VGG16"),
    "a model of another kind": saved(model="own.h5"),
    "a model without preprocessing": changed(
        backbones=[{"model": "own.keras", "heads": ["ridge"]}]
    ),
    "a model with weights": saved(weights="random"),
    "a model with arguments": saved(arguments={"alpha": 1}),
    "a builder with preprocessing": entry(preprocessing="tf"),
    "an argument of ours": entry(arguments={"include_top": True}),
    "a fallback for a file": entry(weights="mine.h5", fallback="random"),
    "a layer twice": entry(layers=["a", "a"]),
    "an unknown stack": changed(stack="nlls"),
    "a stack with parameters that takes none": changed(
        stack={"method": "mean", "parameters": {"a": 1}}
    ),
    "an unknown metric": changed(score={"metric": "mse"}),
    "a truth that is none": changed(stack={"round": "perhaps"}),
    "parameters of a stack for a metric": changed(
        stack={"method": "median", "parameters": {"quantile": 0.4}}
    ),
    "parameters of auto": changed(stack={"parameters": {"a": 1}}),
    "a stack's unknown parameter": changed(stack={"method": "ridge", "parameters": {"a": 1}}),
    "two folds": changed(folds={"n": 2}),
    "own folds without a column": changed(folds={"method": "column"}),
    "a column of folds by chance": changed(folds={"column": "fold"}),
    "own folds twice": changed(folds={"method": "column", "column": "f", "repeats": 2}),
    "own folds that copies change": changed(
        folds={"method": "column", "column": "f", "near_copies": "together"}
    ),
    "times without a column": changed(folds={"method": "time"}),
    "times twice": changed(folds={"method": "time", "column": "d", "repeats": 2}),
    "times with neighbours": changed(folds={"method": "time", "column": "d", "neighbours": 1}),
    "times that copies change": changed(
        folds={"method": "time", "column": "d", "near_copies": "together"}
    ),
    "two blocks of time": changed(folds={"method": "time", "column": "d", "n": 2}),
    "a form of dates by chance": changed(folds={"format": "%Y"}),
    "a form of dates for folds": changed(folds={"method": "column", "column": "f", "format": "%Y"}),
    "groups without a column": changed(folds={"method": "group"}),
    "weights for a head that takes none": changed(
        data={"folder": ".", "columns": {"weight": "w"}},
        backbones=[{"application": "VGG16", "heads": ["KNeighborsRegressor"]}],
    ),
    "one backbone together": changed(joint=[{"backbones": ["a"], "heads": ["svr"]}]),
    "one backbone twice": changed(joint=[{"backbones": ["a", "a"], "heads": ["svr"]}]),
    "no heads together": changed(joint=[{"backbones": ["a", "b"], "heads": []}]),
}

#: What compares names and numbers of a config with others of it.
LEFT_TO_THE_CODE: dict[str, Any] = {
    "a limit of an unknown target": data(columns={"target": ["a", "b"]}, minimum={"c": 0}),
    "counts for a pooled head": data(counts="counts.csv"),
    "names of columns": data(columns={"target": "name"}),
    "limits": data(minimum=3, maximum=2),
    "names of backbones": changed(
        backbones=[
            {"name": "a", "application": one, "heads": ["svr"]} for one in ("VGG16", "VGG19")
        ]
    ),
    "an unknown backbone": changed(joint=[{"backbones": ["a", "c"], "heads": ["svr"]}]),
    "a form of dates": changed(folds={"method": "time", "column": "d", "format": "%d.%m."}),
    "a limit without a logarithm": changed(
        data={"folder": ".", "minimum": -2}, score={"metric": "rmsle"}
    ),
    "a limit that is no whole number": changed(
        data={"folder": ".", "minimum": 0.5}, stack={"round": True}
    ),
    "heads without columns": head("svr", columns=True),
    "columns without heads": data(columns={"features": ["rooms"]}),
    "an encoding": data(encoding="utf8000"),
}

from __future__ import annotations

from typing import Any

import keras
import pytest

from backbones.networks.parts import LAYERS, REFUSED, foreign_parts, without_training

#: Names in ``keras.layers`` that are no layers which a network is made of.
BASES = {"Input", "InputSpec", "Layer", "Wrapper"}


def part(name: str, module: Any = "keras.layers", config: Any = None, **more: Any) -> dict:
    return {"class_name": name, "module": module, "config": config or {}, **more}


FOREIGN: list[tuple[dict, str]] = [
    (part("Lambda", config={"name": "odd"}), "Lambda ('odd'), which runs Python code out of"),
    (part("Lambda", None), "Lambda, which runs Python code"),
    (part("TFSMLayer"), "TFSMLayer, which runs a TensorFlow SavedModel"),
    (part("TorchModuleWrapper"), "TorchModuleWrapper, which unpickles"),
    (part("JaxLayer"), "JaxLayer, which runs code"),
    (part("StringLookup", config={"vocabulary": "/etc/passwd"}), "StringLookup, which reads files"),
    (part("Mine", "mine", registered_name="pack>Mine"), "Mine, a class of someone's own"),
    (part("Dense", registered_name="pack>Dense"), "registered as 'pack>Dense'"),
    (part("Mine", "mine"), "Mine of mine, which is no part of Keras"),
    (part("system", "os"), "system of os, which is no part"),
    (part("FileEditor", "keras.src.saving.file_editor"), "FileEditor of keras.src.saving"),
    (part("Lambda", "keras.src.layers.core.lambda_layer"), "Lambda of keras.src.layers.core"),
    (part("While", "keras.src.ops.core"), "While of keras.src.ops.core"),
    (part("KerasFileEditor", "keras.saving"), "KerasFileEditor of keras.saving"),
    (part("__lambda__", None, {"value": "code"}), "__lambda__ of no module"),
    (part("__typespec__", "tensorflow"), "__typespec__ of tensorflow"),
    (part("function", "keras.utils", "get_file"), "the function 'get_file' of keras.utils"),
    (part("function", "builtins", "deserialize"), "the function 'deserialize' of builtins"),
    (
        part("function", "keras.config", "enable_unsafe_deserialization"),
        "the function 'enable_unsafe_deserialization' of keras.config",
    ),
    (part("__numpy__", None, {"value": [1], "dtype": "S9999999999"}), "type 'S9999999999'"),
    (part("__numpy__", None, {"value": [1], "dtype": "object"}), "type 'object'"),
    ({"class_name": ["Dense"], "config": {}}, "['Dense'] of no module"),
]


@pytest.mark.parametrize(("config", "reason"), FOREIGN)
def test_what_is_no_part_of_keras_is_named_wherever_it_lies(config: dict, reason: str) -> None:
    (found,) = foreign_parts(config)
    assert reason in found
    deep = part("Functional", "keras", {"layers": [part("Dense"), {"kwargs": {"x": [config]}}]})
    assert foreign_parts(deep) == [found]


def test_what_keras_writes_is_known() -> None:
    known = [
        part("Functional", "keras.src.models.functional", registered_name="Functional"),
        part("Conv2D", config={"dtype": part("DTypePolicy", "keras", {"name": "float16"})}),
        part("Add", "keras.src.ops.numpy", registered_name="Add"),
        part("GlorotUniform", "keras.initializers"),
        part("GlorotUniform", None),
        part("function", "builtins", "relu"),
        part("__numpy__", None, {"value": [1], "dtype": "float32"}),
    ]
    assert foreign_parts(known) == []


def test_every_layer_of_keras_is_taken_or_refused() -> None:
    here = {name for name in dir(keras.layers) if name[0].isupper()} - BASES
    assert here <= LAYERS | set(REFUSED)
    assert not LAYERS & set(REFUSED)


def test_how_a_model_was_trained_plays_no_part() -> None:
    mine = {"loss": part("MyLoss", "mine")}
    config = part("Functional", "keras", {"layers": [part("Model", "keras", compile_config=mine)]})
    assert foreign_parts(config)
    assert foreign_parts(without_training(config)) == []
    assert without_training({"compile_config": 1}) == {"compile_config": 1}

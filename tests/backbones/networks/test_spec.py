from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from backbones.networks.spec import BackboneSpec

MISTAKES = [
    ({}, "give one of application"),
    ({"application": "VGG16", "model": "a.keras"}, "give one of application"),
    ({"model": "a.h5", "preprocessing": "tf"}, "model must be a .keras file, not 'a.h5'"),
    ({"model": "a.keras"}, "a saved model needs preprocessing: tf, caffe, torch or none"),
    (
        {"model": "a.keras", "preprocessing": "tf", "weights": "random", "arguments": {"a": 1}},
        "arguments, weights: not for a saved model, which carries its own",
    ),
    ({"application": "VGG16", "preprocessing": "tf"}, "preprocessing is for a saved model"),
    ({"application": "VGG16", "arguments": {"pooling": "avg"}}, "arguments may not hold pooling"),
    (
        {"application": "VGG16", "weights": "random", "fallback": "random"},
        "fallback is for weights: imagenet",
    ),
    ({"application": "VGG16", "layers": ["a", "a"]}, "layers names one layer twice"),
    ({"application": "VGG16", "pooling": "median"}, "must be 'avg', 'max', 'avg"),
    ({"application": "VGG16", "pooling": {"grid": [0, 2]}}, "greater than or equal to 1"),
    ({"application": "VGG16", "image_size": [224]}, "Field required"),
    ({"application": "VGG16", "image_size": [2.5, "x"]}, "valid integer"),
    ({"application": "VGG16", "flip": "yes"}, "valid boolean"),
    ({"application": "VGG16", "resize": "stretch"}, "'squash', 'letterbox' or 'crop'"),
    ({"application": "VGG16", "precision": "half"}, "'float32', 'bfloat16' or 'int8'"),
    ({"application": "VGG16", "name": "../up"}, "should match pattern"),
]


@pytest.mark.parametrize(("entry", "message"), MISTAKES)
def test_mistakes_are_named(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        BackboneSpec.model_validate({"name": "one", **entry})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "file"),
    [
        ({"application": "VGG16"}, None),
        ({"application": "VGG16", "weights": "random"}, None),
        ({"application": "VGG16", "weights": "w.h5"}, Path("w.h5")),
        ({"model": "m.keras", "preprocessing": "none"}, Path("m.keras")),
    ],
)
def test_weights_file_is_the_one_the_entry_names(entry: dict[str, Any], file: Path | None) -> None:
    assert BackboneSpec.model_validate({"name": "one", **entry}).weights_file == file

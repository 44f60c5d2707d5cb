from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.networks.backbone import Backbone, resolve
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights

CHANGES: list[dict[str, Any]] = [
    {"application": "MobileNetV2"},
    {"arguments": {"alpha": 0.5}},
    {"weights_seed": 1},
    {"image_size": [32, 64]},
    {"layers": ["conv_pw_5_relu"]},
    {"pooling": "max"},
    {"pooling": {"grid": [1, 1]}},
    {"resize": "crop"},
    {"flip": True},
    {"precision": "bfloat16"},
]


def one(spec: BackboneSpec, cache: Path, **changes: Any) -> Backbone:
    entry = {**spec.model_dump(exclude_unset=True), **changes}
    return resolve([BackboneSpec.model_validate(entry)], cache)[0]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda c: next(iter(c)))
def test_whatever_changes_features_changes_the_fingerprint(
    tiny: BackboneSpec, tmp_path: Path, changes: dict[str, Any]
) -> None:
    plain = one(tiny, tmp_path)
    assert one(tiny, tmp_path, **changes).fingerprint != plain.fingerprint
    assert one(tiny, tmp_path, name="renamed").fingerprint == plain.fingerprint


def test_weights_are_in_the_fingerprint_by_content_not_by_place(tiny: BackboneSpec) -> None:
    def fingerprint(digest: str, place: str) -> str:
        spec = tiny.model_copy(update={"weights": place})
        return Backbone(spec, (32, 48), ((1, 1, 256),), Weights("file", digest), "3.15").fingerprint

    assert fingerprint("a", "here.h5") == fingerprint("a", "there.h5")
    assert fingerprint("a", "here.h5") != fingerprint("b", "here.h5")


def test_the_native_size_and_the_same_size_stated_are_one(tmp_path: Path) -> None:
    entry = {"name": "one", "application": "MobileNet", "weights": "random"}
    native, stated = resolve(
        [BackboneSpec(**entry), BackboneSpec(**entry, image_size=[224, 224])], tmp_path
    )
    assert native.size == (224, 224)
    assert native.fingerprint == stated.fingerprint


def test_all_mistakes_of_all_entries_come_at_once(tmp_path: Path, no_weights: Path) -> None:
    specs = [
        BackboneSpec(name="a", application="MobilNet"),
        BackboneSpec(name="b", application="MobileNet", weights="random", layers=["x"]),
        BackboneSpec(name="c", application="MobileNet", weights="none.h5"),
        BackboneSpec(name="d", application="MobileNet"),
        BackboneSpec(name="e", model="none.keras", preprocessing="tf"),
    ]
    with pytest.raises(InputError) as caught:
        resolve(specs, tmp_path)
    starts = [
        "backbones.a.application: Keras has no builder 'MobilNet'; did you mean MobileNet",
        "backbones.b.layers: mobilenet_1.00_224 has no layer 'x'; known: ",
        "backbones.c.weights: there is no file none.h5",
        "backbones.d.weights: imagenet: mobilenet_1_0_224_tf_no_top.h5 is not at ",
        "backbones.e.model: there is no file none.keras",
    ]
    assert len(caught.value.mistakes) == len(starts)
    for mistake, start in zip(caught.value.mistakes, starts, strict=True):
        assert mistake.startswith(start)


def test_the_second_time_keras_is_not_imported(tiny: BackboneSpec, tmp_path: Path) -> None:
    resolve([tiny], tmp_path)
    code = (
        "import sys; from pathlib import Path\n"
        "from backbones.networks.backbone import resolve\n"
        "from backbones.networks.spec import BackboneSpec\n"
        f"found = resolve([BackboneSpec.model_validate_json({tiny.model_dump_json()!r})], "
        f"Path({str(tmp_path)!r}))\n"
        "print(found[0].length, 'keras' in sys.modules, 'tensorflow' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "256 False False\n"

"""The networks of a run, as its backbones.json describes them."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.networks.backbone import FORMAT, Backbone
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from ensemble.runs.networks import Networks, describe, difference

SPEC = BackboneSpec(name="one", application="MobileNetV2", image_size=(96, 96))
FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_96_no_top.h5"


def fitted(source: str, content: bytes = b"weights", **entry: Any) -> Backbone:
    spec = SPEC.model_copy(update=entry)
    path = Path("models") / FILE if source != "random" else None
    digest = sha256(content).hexdigest() if path else "random-0-keras-3.0"
    return Backbone(spec, (96, 96), ((1, 1, 1280),), Weights(source, digest, path), "3.0")


def networks(backbone: Backbone, cache: Path, **changes: Any) -> Networks:
    described = json.loads(json.dumps({"one": {**describe(backbone), **changes}}))
    return Networks(described, str(FORMAT), "3.0", cache)


@pytest.fixture
def home(tmp_path: Path, no_weights: Path) -> Path:
    (no_weights / "models").mkdir(parents=True)
    (no_weights / "models" / FILE).write_bytes(b"weights")
    return no_weights / "models" / FILE


def test_imagenet_weights_are_found_by_their_name_and_digest(home: Path, tmp_path: Path) -> None:
    then = fitted("imagenet")
    (now,) = networks(then, tmp_path).open([SPEC])
    assert now == replace(then, weights=replace(then.weights, path=home))
    assert now.fingerprint == then.fingerprint


def test_imagenet_weights_may_be_named_as_a_file(home: Path, tmp_path: Path) -> None:
    elsewhere = home.rename(tmp_path / "mine.h5")
    spec = SPEC.model_copy(update={"weights": str(elsewhere)})
    (now,) = networks(fitted("imagenet"), tmp_path).open([spec])
    assert (now.weights.source, now.weights.path) == ("imagenet", elsewhere)
    assert now.fingerprint == fitted("imagenet").fingerprint


def test_missing_imagenet_weights_have_the_ways_on_of_a_fit(home: Path, tmp_path: Path) -> None:
    home.unlink()
    with pytest.raises(InputError, match=r"could not be fetched .* Three ways on"):
        networks(fitted("imagenet"), tmp_path).open([SPEC])


@pytest.mark.parametrize(
    ("source", "changes", "message"),
    [
        ("imagenet", {"weights_digest": "0" * 64}, "has the SHA-256 .*weights of the run .* 0000"),
        (
            "imagenet",
            {"fingerprint": "0" * 64},
            "one: weights imagenet .*, in the run the same; the keys .* differ: .*in the run 00",
        ),
        ("imagenet", {"shapes": [[1, 1, 9]], "image_size": [64, 64]}, "keys of their features"),
        ("file", {}, "one.weights: imagenet; those of the run are file"),
    ],
)
def test_networks_that_are_not_those_of_the_run(
    home: Path, tmp_path: Path, source: str, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        networks(fitted(source), tmp_path, **changes).open([SPEC])


def test_what_differs_is_named_with_both_digests() -> None:
    now, then = fitted("imagenet", b"other"), describe(fitted("imagenet"))
    told = difference(now, {**then, "image_size": [64, 64], "keras": "2.9"})
    digests = [sha256(content).hexdigest() for content in (b"other", b"weights")]
    assert told == (
        f"one: weights imagenet {digests[0]}, in the run imagenet {digests[1]}; image_size "
        "[96, 96], in the run [64, 64]; Keras 3.0, in the run 2.9; the keys of their features "
        f"differ: {now.fingerprint}, in the run {fitted('imagenet').fingerprint}"
    )


def test_what_another_keras_computes_has_another_key(tmp_path: Path) -> None:
    then = fitted("random", weights="random")
    (same,) = networks(then, tmp_path).open([then.spec])
    assert same == then
    (other,) = replace(networks(then, tmp_path), keras_version="4.0").open([then.spec])
    assert other.weights.digest == "random-0-keras-4.0"
    assert other.fingerprint != then.fingerprint


def test_features_made_in_another_way_are_not_judged_by_their_key(tmp_path: Path) -> None:
    then = fitted("random", weights="random")
    known = networks(then, tmp_path, fingerprint="0" * 64)
    assert replace(known, features=str(FORMAT - 1)).open([then.spec]) == [then]

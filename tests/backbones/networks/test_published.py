"""The table that is shipped, held against the networks that Keras builds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backbones.networks.catalog import application, applications, import_keras, unallocated
from backbones.networks.network import feature_shapes
from backbones.networks.pinned import pinned
from backbones.networks.published import Published, published
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import imagenet_download

#: The others are slow.
QUICK = {"MobileNetV2", "MobileNetV3Small", "VGG16"}

TABLE = [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in published()
]


@pinned()
def parameters(one: Published) -> int:
    """The number of weights of a network without its classifier."""
    import_keras().utils.clear_session()
    with unallocated():
        network = application(one.name).build(
            include_top=False, weights=None, input_shape=(one.side, one.side, 3)
        )
        return int(network.count_params())


def test_it_has_every_builder_of_keras_in_the_order_of_the_alphabet() -> None:
    assert list(published()) == sorted(applications())


@pytest.mark.parametrize("name", TABLE)
def test_a_row_is_what_keras_builds(name: str) -> None:
    one = published()[name]
    size = application(name).native_size()
    spec = BackboneSpec(name="one", application=name)
    assert size == (one.side, one.side)
    assert parameters(one) == one.parameters
    assert feature_shapes(spec, size) == [(1, 1, one.features)]
    assert imagenet_download(spec, size).file == one.file


def test_accuracies_are_per_cent_and_those_in_keras_itself_are_the_same() -> None:
    for one in published().values():
        assert one.top1 is None or 65 < one.top1 < 90, one.name
    documented = import_keras().applications.MobileNetV3Large.__doc__
    for kind in ("large", "small"):
        row = re.search(
            rf"mobilenet_v3_{kind}_1\.0_224 +\| +\d+ +\| [\d.]+ \| +([\d.]+)", documented
        )
        assert row is not None
        assert published()[f"MobileNetV3{kind.title()}"].top1 == float(row[1])


def test_of_a_family_the_larger_networks_are_no_worse() -> None:
    families: dict[str, list[Published]] = {}
    for one in published().values():
        named = re.match(r"ConvNeXt|DenseNet|EfficientNet(V2)?B|ResNet", one.name)
        if named and one.top1 is not None:
            kind = "V2" if one.name.endswith("V2") else ""
            families.setdefault(named[0] + kind, []).append(one)
    assert len(families) == 6
    for family in families.values():
        ordered = sorted(family, key=lambda one: one.parameters)
        accuracies = [one.top1 for one in ordered]
        assert accuracies == sorted(accuracies, key=lambda one: one or 0), ordered


def test_weights_are_at_hand_where_keras_looks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    one = published()["VGG16"]
    assert not one.is_at_hand
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / one.file).write_bytes(b"weights")
    assert one.is_at_hand
    assert [other.name for other in published().values() if other.is_at_hand] == ["VGG16"]


def test_the_real_weights_are_found(keras_home: Path) -> None:
    assert published()["MobileNetV2"].is_at_hand

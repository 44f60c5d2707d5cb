"""What a saved network is found to take, and which of its layers are found worth reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.networks.anatomy import Anatomy, LayerMap, inspect_saved
from backbones.networks.catalog import application, import_keras
from tests.ensemble.brightness import save_network


def layers() -> Any:
    return import_keras().layers


def conv(channels: int, name: str, stride: int = 1, **settings: Any) -> Any:
    return layers().Conv2D(channels, 3, stride, padding="same", name=name, **settings)


def saved(folder: Path, photos: Any, outputs: Any) -> Anatomy:
    import_keras().Model(photos, outputs).save(folder / "one.keras")
    return inspect_saved(folder / "one.keras")


def photos(*size: int | None, channels: int = 3, dtype: str = "float32") -> Any:
    return import_keras().Input((*(size or (None, None)), channels), dtype=dtype)


def stem(taken: Any) -> Any:
    """Cells of 16 pixels."""
    return conv(8, "stem", 16)(taken)


def test_the_maps_are_the_ends_of_the_last_blocks(tmp_path: Path) -> None:
    taken = photos()
    maps = stem(taken)
    block = layers().Add(name="block")([maps, conv(8, "branch")(maps)])
    wide = conv(600, "wide")(block)
    coarse = conv(16, "coarse", 2)(wide)
    last = layers().Multiply(name="last")([coarse, layers().Activation("sigmoid")(coarse)])
    found = saved(tmp_path, taken, conv(1280, "head")(last))
    assert found.maps == (LayerMap("block", 16, 8), LayerMap("last", 32, 16))
    assert found.layers == ()
    assert found.size is None


def test_a_layer_beside_another_is_no_end_of_a_block(tmp_path: Path) -> None:
    taken = photos()
    maps = stem(taken)
    left, right = conv(8, "left")(maps), conv(8, "right")(maps)
    joined = layers().Concatenate(name="joined")([left, conv(8, "further")(right)])
    assert saved(tmp_path, taken, joined).maps == (LayerMap("joined", 16, 16),)


def test_a_layer_that_pools_is_no_map_of_its_own(tmp_path: Path) -> None:
    taken = photos()
    found = saved(tmp_path, taken, layers().MaxPooling2D(2, name="pool")(stem(taken)))
    assert found.maps == (LayerMap("stem", 16, 8),)


def test_maps_lie_inside_of_nested_models_and_behind_each_use_of_a_layer(tmp_path: Path) -> None:
    inside = photos()
    inner = import_keras().Model(inside, stem(inside), name="inner")
    shared = conv(8, "shared")
    taken = photos()
    assert saved(tmp_path, taken, inner(taken)).maps == (LayerMap("inner/stem", 16, 8),)
    found = saved(tmp_path, taken, shared(shared(inner(taken))))
    assert found.maps == (LayerMap("shared:2", 16, 8),)


def test_a_map_that_is_cut_off_at_the_edges_is_one_all_the_same(tmp_path: Path) -> None:
    taken = photos()
    maps = layers().Conv2D(8, 3, padding="valid", name="valid")(stem(taken))
    assert saved(tmp_path, taken, maps).maps == (LayerMap("valid", 16, 8),)
    coarse = layers().Conv2D(8, 64, 64, name="coarse")(taken)
    assert saved(tmp_path, taken, coarse).maps == ()


@pytest.mark.parametrize(
    ("end", "read"),
    [
        (lambda maps: layers().GlobalAveragePooling2D()(maps), ()),
        (lambda maps: layers().Dense(9)(layers().GlobalAveragePooling2D()(maps)), ("stem",)),
        (lambda maps: [conv(4, "a")(maps), conv(4, "b")(maps)], ("stem",)),
    ],
    ids=["pooled", "classes", "outputs"],
)
def test_what_is_no_feature_is_not_read(
    end: Callable[[Any], Any], read: tuple[str, ...], tmp_path: Path
) -> None:
    taken = photos()
    assert saved(tmp_path, taken, end(stem(taken))).layers == read


def test_a_size_that_is_the_only_one_is_known(tmp_path: Path) -> None:
    taken = photos(100, 60)
    found = saved(tmp_path, taken, stem(taken))
    assert found.size == (100, 60)
    assert found.maps == (LayerMap("stem", 16, 8),)


@pytest.mark.parametrize(
    ("scaled", "dtype", "scales"),
    [
        (lambda taken: layers().Rescaling(1 / 255)(taken), "float32", True),
        (lambda taken: taken, "float32", False),
        (lambda taken: taken, "uint8", True),
        (lambda taken: layers().Rescaling(2.0)(conv(3, "before")(taken)), "float32", False),
    ],
    ids=["first", "none", "whole numbers", "behind a convolution"],
)
def test_a_network_that_scales_pixels_itself_is_known(
    scaled: Callable[[Any], Any], dtype: str, scales: bool, tmp_path: Path
) -> None:
    taken = photos(dtype=dtype)
    assert saved(tmp_path, taken, stem(scaled(taken))).scales is scales


def test_what_cannot_be_a_backbone_is_an_error(tmp_path: Path) -> None:
    row = import_keras().Input((7,))
    classes = layers().Dense(2)(row)
    with pytest.raises(InputError, match="must take photos"):
        saved(tmp_path, row, classes)
    (tmp_path / "broken.keras").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"no whole \.keras file"):
        inspect_saved(tmp_path / "broken.keras")


def test_a_network_without_half_depth_has_no_maps(tmp_path: Path) -> None:
    save_network(tmp_path / "small.keras")
    assert inspect_saved(tmp_path / "small.keras") == Anatomy((32, 32), False, (), ())


@pytest.mark.parametrize(
    ("name", "half", "whole"),
    [
        ("MobileNetV2", "block_12_add", "block_16_project_BN"),
        pytest.param("EfficientNetB0", "block5c_add", "block7a_project_bn", marks=pytest.mark.slow),
        pytest.param("ResNet50V2", "conv4_block5_out", "post_relu", marks=pytest.mark.slow),
        pytest.param("DenseNet121", "pool4_conv", "relu", marks=pytest.mark.slow),
        pytest.param("InceptionV3", "mixed7", "mixed10", marks=pytest.mark.slow),
    ],
)
def test_of_well_known_networks_the_maps_are_those_that_people_read(
    name: str, half: str, whole: str, tmp_path: Path
) -> None:
    network = application(name).build(include_top=False, weights=None, input_shape=(None, None, 3))
    network.save(tmp_path / "one.keras")
    found = inspect_saved(tmp_path / "one.keras")
    assert [one.layer for one in found.maps] == [half, whole]


def test_of_a_network_with_a_classifier_all_that_it_looks_at_is_read(tmp_path: Path) -> None:
    taken = photos()
    wide = conv(600, "wide")(conv(8, "narrow")(stem(taken)))
    classes = layers().Dense(9)(layers().GlobalAveragePooling2D()(wide))
    found = saved(tmp_path, taken, classes)
    assert found.layers == ("wide",)
    assert found.maps == (LayerMap("narrow", 16, 8),)

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backbones.features.maps import Maps, Source
from backbones.features.store import TransientStore
from backbones.photos.tiles import Tiling
from ensemble.photos.channels import channel_means

SHAPES = ((2, 3, 4), (1, 2, 5))


def test_maps_are_averaged_over_their_cells_and_stand_side_by_side() -> None:
    draw = np.random.default_rng(0)
    keys = [f"{number:02}" for number in range(70)]  # more than are in memory together
    large = draw.normal(size=(70, 2, 3, 4)).astype(np.float16)
    small = draw.normal(size=(70, 1, 2, 5)).astype(np.float16)
    store = TransientStore(2 * 3 * 4 + 1 * 2 * 5, "float16")
    store.write(keys, np.hstack([large.reshape(70, -1), small.reshape(70, -1)]))
    found = channel_means(Maps((Source(store, SHAPES),), keys, (32, 32)))
    wanted = np.hstack([large.astype("float64").mean((1, 2)), small.astype("float64").mean((1, 2))])
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert found.dtype == np.float32


def test_tiles_are_averaged_over_their_photo() -> None:
    tiling, frame = Tiling((64, 64), 0.25), (64, 64)
    # 41 tiles and more, so that those of a photo are not all in memory together.
    layouts = [tiling.layout(size, frame) for size in [(60, 60), (300, 400), (64, 200)]]
    photos = [f"{number:064x}" for number in range(3)]
    store = TransientStore(2 * 3 * 4, "float16")
    maps = Maps((Source(store, ((2, 3, 4),)),), photos, frame, layouts)
    assert len(layouts[1].tiles) > 32
    rows = np.random.default_rng(0).normal(size=(len(maps.frames), 2, 3, 4)).astype(np.float16)
    store.write(list(maps.frames.photos), rows.reshape(len(rows), -1))
    found = channel_means(maps)
    means = rows.astype("float64").mean((1, 2))
    ends = np.cumsum([len(one.tiles) for one in layouts])
    wanted = [means[start:end].mean(0) for start, end in zip([0, *ends], ends, strict=False)]
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert found.dtype == np.float32


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_pooled_features_are_taken_as_they_are(kind: Any) -> None:
    rows = np.arange(6).reshape(2, 3).astype(kind)
    np.testing.assert_array_equal(channel_means(rows), rows)

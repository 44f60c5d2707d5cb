from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backbones.features.maps import Maps, Source
from backbones.features.store import TransientStore
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


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_pooled_features_are_taken_as_they_are(kind: Any) -> None:
    rows = np.arange(6).reshape(2, 3).astype(kind)
    np.testing.assert_array_equal(channel_means(rows), rows)

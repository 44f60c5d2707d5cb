"""Tests of the density head on tiles, whose maps show each object in one bright channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore
from backbones.photos.tiles import Layout, Tiling
from benchmarks.tiles import enlarge
from ensemble import heads
from ensemble.heads.blending import cut_tiles
from ensemble.heads.density import Density

FRAME, STRIDE = (256, 256), 8


class Canvases:
    """Photos of 512 x 512 pixels with objects all over; their maps have two channels a cell."""

    def __init__(self, folder: Path, photos: int, overlap: float) -> None:
        random = np.random.default_rng(0)
        self.layout: Layout = Tiling(FRAME, overlap).layout((512, 512), FRAME)
        self.names = [f"{number:064x}" for number in range(photos)]
        self.store = FeatureStore(folder, 32 * 32 * 2, "float16")
        self.canvases, self.boxes = [], []
        for name in self.names:
            maps = random.normal(0, 0.3, (64, 64, 2)).astype(np.float16)
            cells = random.choice(64 * 64, random.integers(40, 120), replace=False)
            rows, columns = np.unravel_index(cells, (64, 64))
            maps[rows, columns, 1] += 3
            places = np.column_stack([columns, rows]) / 64
            self.boxes.append(np.hstack([places, places + 1 / 64]))
            self.canvases.append(maps)
            tiles = np.stack([one.ravel() for one in cut_tiles(maps, self.layout, STRIDE)])
            self.store.write(self.layout.keys(name), tiles)
        self.y = np.array([len(boxes) for boxes in self.boxes], dtype=np.float64)
        layouts = [self.layout] * photos
        self.maps = Maps((Source(self.store, ((32, 32, 2),)),), self.names, FRAME, layouts)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Canvases:
    return Canvases(tmp_path_factory.mktemp("store"), 12, 0.25)


@pytest.fixture(scope="module")
def head(case: Canvases) -> Density:
    made = Density(stride=STRIDE, width=24, least_steps=150, learning_rate=0.01)
    rows = np.arange(8)
    return made.fit(case.maps[rows], case.y[rows], boxes=[case.boxes[row] for row in rows])


def test_it_counts_photos_in_tiles(case: Canvases, head: Density) -> None:
    rows = np.arange(8, 12)
    assert len(case.layout.tiles) == 9
    np.testing.assert_allclose(head.predict(case.maps[rows]), case.y[rows], rtol=0.1)


def test_tiles_add_up_to_the_whole(case: Canvases, head: Density) -> None:
    """Within 1 % of what the same weights make of the whole photo at once."""
    network = enlarge(head.network_, 2)
    rows = np.arange(8, 12)
    maps = np.stack([case.canvases[row] for row in rows])
    mirrored = np.asarray(network([maps[:, :, ::-1]]))[:, :, ::-1]
    whole = (np.asarray(network([maps])) + mirrored) / 2
    found = np.concatenate(list(head.densities(case.maps[rows])))
    assert found.shape == whole.shape == (4, 64, 64)
    np.testing.assert_allclose(found.sum(axis=(1, 2)), whole.sum(axis=(1, 2)), rtol=0.01)
    # Where one tile alone sees a cell, far from its ends, there is no difference at all.
    np.testing.assert_allclose(found[:, :16, :16], whole[:, :16, :16], rtol=1e-3, atol=1e-5)


def test_predictions_are_the_sums_of_densities(case: Canvases, head: Density) -> None:
    predictions, densities = heads.predict_with_densities(head, case.maps[np.arange(3)])
    assert [one.shape for one in densities] == [(64, 64)] * 3
    sums = [one.sum(dtype=np.float64) for one in densities]
    np.testing.assert_allclose(sums, predictions, rtol=1e-3)


def test_a_tile_alone_is_a_photo(case: Canvases, head: Density) -> None:
    key = case.layout.keys(case.names[0])[4]
    alone = Tiling(FRAME, 0.25).layout(FRAME, FRAME)
    random = np.random.default_rng(1).normal(0, 1, (1, 32 * 32 * 2))
    case.store.write(alone.keys(key), random)
    tiled = Maps(case.maps.sources, [key], FRAME, [alone])
    whole = Maps(case.maps.sources, alone.keys(key), FRAME)
    assert head.predict(tiled).tolist() == head.predict(whole).tolist()

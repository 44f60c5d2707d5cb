"""Tests of the density head on photos in tiles, held against photos that are seen as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore
from backbones.photos.tiles import Tiling
from ensemble import heads
from ensemble.heads.density import Density
from ensemble.heads.density_labels import training_data
from ensemble.heads.parts import Part
from ensemble.heads.tile_labels import tiled_data

FRAME, GRID = (64, 96), (8, 12)
TILING = Tiling(FRAME, 0.25)
SETTINGS = {"stride": 8, "width": 12, "least_steps": 20}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeatureStore]:
    opened = FeatureStore(tmp_path, 8 * 12, "float16")
    yield opened
    opened.close()


def photos_of(store: FeatureStore, sizes: list[tuple[int, int]]) -> tuple[Maps, Maps]:
    """The maps of photos in tiles, drawn, and those of all tiles as if they were photos."""
    layouts = [TILING.layout(size, FRAME) for size in sizes]
    photos = [f"{number:064x}" for number in range(len(sizes))]
    maps = Maps((Source(store, ((*GRID, 1),)),), photos, FRAME, layouts)
    rows = np.random.default_rng(0).normal(size=(len(maps.frames), 8 * 12))
    store.write(list(maps.frames.photos), rows.astype(np.float16))
    return maps, maps.frames


def test_photos_of_one_tile_are_learned_and_counted_as_whole_ones(store: FeatureStore) -> None:
    maps, whole = photos_of(store, [FRAME] * 12)
    random = np.random.default_rng(1)
    corners = [random.uniform(0, 0.8, (number % 4, 2)) for number in range(12)]
    boxes = [np.hstack([one, one + 0.2]) for one in corners]
    target = np.array([float(len(one)) for one in boxes])
    tiled = Density(**SETTINGS).fit(maps, target, boxes=boxes)
    plain = Density(**SETTINGS).fit(whole, target, boxes=boxes)
    np.testing.assert_allclose(tiled.predict(maps), plain.predict(whole), rtol=1e-4, atol=1e-5)
    # By one head, to the last bit.
    sums, densities = heads.predict_with_densities(plain, maps)
    expected, together = heads.predict_with_densities(plain, whole)
    np.testing.assert_array_equal(sums, expected)
    np.testing.assert_array_equal(np.stack(densities), together)


@pytest.mark.parametrize(
    "part",
    [
        Part(area=shapely.box(0, 0, 0.5, 0.5), is_whole=False),
        Part(area=shapely.box(0, 0, 0.5, 0.5), is_whole=True),
        Part(regions=(shapely.box(0, 0, 0.5, 1),), counts=(2.0,), is_whole=True),
        Part(regions=(shapely.box(0, 0, 0.5, 1),), counts=(2.0,), is_whole=False),
        Part(regions=(shapely.box(0, 0, 0.5, 1),), counts=(0.0,), is_whole=False),
    ],
)
def test_a_photo_of_one_tile_is_taught_what_a_whole_one_is(store: FeatureStore, part: Part) -> None:
    maps, whole = photos_of(store, [FRAME] * 2)
    box = np.array([[0.1, 0.1, 0.2, 0.3], [0.4, 0.2, 0.4, 0.2]])
    boxes = [None if part.area is None else box, None]
    target, parts = np.array([2.0, 3.0]), [part, None]
    tiled = tiled_data(maps, target, np.array([1.0, 2.0]), boxes, parts, 8)
    plain = training_data(whole, target, np.array([1.0, 2.0]), boxes, parts, GRID)
    assert tiled.labelled is not None
    assert plain.labelled is not None
    assert tiled.maps == plain.maps
    assert tiled.mean_count == pytest.approx(plain.mean_count)
    for name in ("density", "located", "weights"):
        np.testing.assert_allclose(getattr(tiled, name), getattr(plain, name), rtol=1e-6)
    for name in ("inside", "regions", "counts"):
        found, wanted = getattr(tiled.labelled, name), getattr(plain.labelled, name)
        np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=name)


def test_a_whole_count_beside_an_area_teaches_where_a_tile_holds_it(store: FeatureStore) -> None:
    maps, _ = photos_of(store, [(128, 192), FRAME])
    box = np.array([[0.1, 0.1, 0.15, 0.2]])
    area = Part(area=shapely.box(0, 0, 0.25, 0.25), is_whole=True)
    taught = tiled_data(maps, np.array([9.0, 9.0]), None, [box, box], [area, area], 8)
    assert taught.labelled is not None
    counts = taught.labelled.counts[:, 0, 0]
    # Of the large photo only what lies in the area is known of a tile.
    assert counts[:-1].sum() < 3
    assert counts[-1] == 9
    assert (taught.labelled.regions[-1] == 1).all()
    empty = replace(area, area=shapely.box(0, 0, 0.1, 0.1))
    none = np.empty((0, 4))
    taught = tiled_data(maps, np.zeros(2), None, [none, none], [empty, empty], 8)
    assert len(taught.target) == len(maps.frames)  # nothing lies in any


def test_a_region_of_no_cells_teaches_no_tile(store: FeatureStore) -> None:
    maps, _ = photos_of(store, [(128, 192), FRAME])
    beyond = Part(regions=(shapely.Polygon(),), counts=(3.0,), is_whole=False)
    taught = tiled_data(maps, np.array([3.0, 1.0]), None, [None, None], [beyond, None], 8)
    assert list(taught.maps.photos) == [maps.frames.photos[-1]]


def test_tiles_of_several_photos_share_a_batch_and_stay_apart(store: FeatureStore) -> None:
    """Twenty tiles in batches of 16: those of a photo may come in two of them."""
    sizes = [(40, 60), (128, 192), (64, 300), (200, 96)]
    maps, whole = photos_of(store, sizes)
    head = Density(**SETTINGS).fit(
        whole, np.ones(len(whole)), boxes=[np.array([[0.4, 0.4, 0.6, 0.6]])] * len(whole)
    )
    together = [one[0] for one in head.densities(maps)]
    assert maps.layouts is not None
    for row, (density, layout) in enumerate(zip(together, maps.layouts, strict=True)):
        assert density.shape == (layout.canvas[0] // 8, layout.canvas[1] // 8)
        (alone,) = head.densities(maps[np.array([row])])
        np.testing.assert_allclose(density, alone[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(head.predict(maps), [one.sum() for one in together], rtol=1e-5)


def test_parts_alone_are_counted_on_the_canvas(store: FeatureStore) -> None:
    maps, whole = photos_of(store, [(128, 192), FRAME])
    head = Density(**SETTINGS).fit(whole, np.ones(len(whole)), boxes=None)
    left = Part(regions=(shapely.box(0, 0, 0.5, 1),), counts=(1.0,), is_whole=False)
    sums, densities = heads.predict_with_densities(head, maps, [left, None])
    columns = densities[0].shape[1] // 2
    assert sums[0] == pytest.approx(densities[0][:, :columns].sum(dtype=float), rel=1e-2)
    assert sums[1] == pytest.approx(densities[1].sum(dtype=float), rel=1e-2)

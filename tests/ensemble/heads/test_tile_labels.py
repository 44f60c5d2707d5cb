"""Tests of what the density head is taught of photos in tiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from backbones.errors import InputError
from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore
from backbones.photos.tiles import Layout, Tiling
from ensemble.heads.blending import blend
from ensemble.heads.cells import density_in
from ensemble.heads.density import Density
from ensemble.heads.density_batches import Training
from ensemble.heads.density_map import density_map
from ensemble.heads.parts import Part
from ensemble.heads.tile_labels import tiled_data

FRAME, STRIDE = (64, 96), 8
TILING = Tiling(FRAME, 0.25)
#: Heights and widths: of 3 x 3 tiles, and of one.
SIZES = [(128, 192), (40, 60)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeatureStore]:
    opened = FeatureStore(tmp_path, 8 * 12, "float16")
    yield opened
    opened.close()


def maps_of(store: FeatureStore, sizes: list[tuple[int, int]]) -> Maps:
    layouts = [TILING.layout(size, FRAME) for size in sizes]
    photos = [f"{number:064x}" for number in range(len(sizes))]
    return Maps((Source(store, ((8, 12, 1),)),), photos, FRAME, layouts)


def put_together(taught: Training, layouts: list[Layout]) -> list[np.ndarray]:
    return list(blend(taught.density, layouts, STRIDE))


def on_canvas(maps: Maps, photo: int, pixels: list[list[float]]) -> np.ndarray:
    assert maps.layouts is not None
    height, width = maps.layouts[photo].canvas
    return np.array(pixels, dtype=np.float64).reshape(-1, 4) / [width, height, width, height]


def test_tiles_are_taught_the_density_of_their_photo(store: FeatureStore) -> None:
    maps = maps_of(store, SIZES)
    assert maps.layouts is not None
    # One lies in several tiles, one across the end of a tile, one is a point; then just one.
    boxes = [
        on_canvas(maps, 0, [[40, 40, 70, 60], [80, 20, 120, 110], [5, 5, 5, 5]]),
        on_canvas(maps, 1, [[10, 10, 30, 30]]),
    ]
    taught = tiled_data(maps, np.array([3.0, 1.0]), None, boxes, None, STRIDE)
    assert taught.labelled is None
    assert len(taught.target) == len(maps.frames.photos) == 3 * 3 + 1
    assert list(taught.maps.photos) == list(maps.frames.photos)
    np.testing.assert_allclose(taught.target, taught.density.sum(axis=(1, 2)), rtol=1e-6)
    for density, photo, grid in zip(
        put_together(taught, list(maps.layouts)), boxes, [(16, 24), (8, 12)], strict=True
    ):
        np.testing.assert_allclose(density, density_map(photo, grid), atol=1e-6)
        assert density.sum() == pytest.approx(len(photo))


def test_many_objects_are_spread_as_all_at_once(store: FeatureStore) -> None:
    random = np.random.default_rng(0)
    corners = random.uniform(-0.1, 1, (1500, 2))
    boxes = np.hstack([corners, corners + random.uniform(0, 0.3, (1500, 2))])
    maps = maps_of(store, SIZES[:1])
    assert maps.layouts is not None
    taught = tiled_data(maps, np.array([1500.0]), None, [boxes], None, STRIDE)
    (density,) = put_together(taught, list(maps.layouts))
    np.testing.assert_allclose(density, density_map(boxes, (16, 24)), rtol=1e-4)
    area = Part(area=shapely.box(0.3, 0.3, 0.9, 0.6), is_whole=False)
    taught = tiled_data(maps, np.array([1500.0]), None, [boxes], [area], STRIDE)
    assert taught.labelled is not None
    (inside,) = blend(taught.labelled.inside, list(maps.layouts), STRIDE)
    (density,) = put_together(taught, list(maps.layouts))
    np.testing.assert_allclose(density, density_in(boxes, inside), rtol=1e-3, atol=1e-5)
    assert density.sum() == pytest.approx(1500, rel=1e-4)


def test_weights_are_those_of_the_photos(store: FeatureStore) -> None:
    maps = maps_of(store, SIZES)
    empty = [np.empty((0, 4))] * 2
    taught = tiled_data(maps, np.zeros(2), np.array([1.0, 3.0]), empty, None, STRIDE)
    assert taught.weights.mean() == pytest.approx(1)
    assert taught.weights[-1] == pytest.approx(3 * taught.weights[0])


def test_only_tiles_that_reach_into_an_area_are_taught(store: FeatureStore) -> None:
    maps = maps_of(store, SIZES[:1])
    area = Part(area=shapely.box(0, 0, 0.25, 0.25), is_whole=False)
    boxes = [on_canvas(maps, 0, [[10, 10, 20, 20]])]
    taught = tiled_data(maps, np.array([1.0]), None, boxes, [area], STRIDE)
    # The area ends at 48 x 32: it lies in the tiles that begin at 0 or 32, and at 0.
    assert list(taught.maps.photos) == [maps.frames.photos[place] for place in (0, 1)]
    assert taught.labelled is not None
    assert taught.labelled.inside[0].sum() == 6 * 4
    assert taught.labelled.inside[1].sum() == 2 * 4
    np.testing.assert_array_equal(taught.labelled.regions[..., 0], taught.labelled.inside)
    assert taught.labelled.counts[0].tolist() == [[1, 1]]


def test_a_count_teaches_where_a_tile_holds_it(store: FeatureStore) -> None:
    maps = maps_of(store, SIZES)
    regions = Part(
        regions=(
            shapely.box(0, 0, 0.3, 0.3),  # in the first tile
            shapely.box(0, 0.9, 1, 1),  # too wide for any
            shapely.box(0.9, 0, 1, 0.3),  # empty, in two at the right
        ),
        counts=(4.0, 5.0, 0.0),
        is_whole=False,
    )
    taught = tiled_data(maps, np.array([9.0, 2.0]), None, [None, None], [regions, None], STRIDE)
    assert taught.located.tolist() == [0] * 4
    frames = maps.frames.photos
    assert list(taught.maps.photos) == [frames[0], frames[2], frames[5], frames[-1]]
    assert taught.target.tolist() == [4, 0, 0, 2]
    assert taught.labelled is not None
    assert (taught.labelled.regions[3, ..., 0] == 1).all()


def test_empty_photos_teach_all_of_their_tiles(store: FeatureStore) -> None:
    maps = maps_of(store, SIZES[:1])
    taught = tiled_data(maps, np.zeros(1), None, [None], None, STRIDE)
    assert len(taught.target) == 9
    assert not taught.density.any()


def test_it_is_said_where_nothing_is_taught(store: FeatureStore) -> None:
    maps = maps_of(store, SIZES[:1])
    with pytest.raises(InputError, match="no tile holds what is counted"):
        Density(stride=STRIDE).fit(maps, np.array([7.0]))

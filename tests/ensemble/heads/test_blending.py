from __future__ import annotations

import numpy as np
import pytest

from backbones.photos.tiles import Side, Tiling
from ensemble.heads.blending import blend, cut_tiles, tile_weights

LENGTHS = [1, 64, 65, 97, 128, 300, 1001]


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("stride", [1, 8, 32])
def test_what_tiles_give_to_a_cell_adds_up_to_one(length: int, overlap: float, stride: int) -> None:
    side = Side.cut(length, 64, overlap)
    weights = tile_weights(side, stride)
    total = np.zeros(side.end // stride)
    for start, weight in zip(side.starts, weights, strict=True):
        total[start // stride : (start + 64) // stride] += weight
    np.testing.assert_allclose(total, 1, atol=1e-12)
    assert (weights > 0).all()
    # The ends of the canvas are those of a tile alone.
    assert weights[0, 0] == weights[-1, -1] == 1


def test_weights_fall_off_towards_a_neighbour() -> None:
    weights = tile_weights(Side(160, 64, (0, 48, 96)), 8)
    assert weights[1].tolist() == [0.25, 0.75, 1, 1, 1, 1, 0.75, 0.25]
    assert weights[0].tolist() == [1, 1, 1, 1, 1, 1, 0.75, 0.25]


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5])
def test_a_density_cut_into_tiles_is_put_together_again(overlap: float) -> None:
    random = np.random.default_rng(0)
    tiling = Tiling((64, 96), overlap)
    layouts = [tiling.layout(photo, (64, 96)) for photo in [(200, 300), (30, 96), (64, 700)]]
    densities = [
        random.random((one.canvas[0] // 8, one.canvas[1] // 8)).astype(np.float32)
        for one in layouts
    ]
    tiles = (
        tile
        for density, layout in zip(densities, layouts, strict=True)
        for tile in cut_tiles(density, layout, 8)
    )
    found = list(blend(tiles, layouts, 8))
    assert [one.dtype for one in found] == [np.dtype("float32")] * 3
    for density, again in zip(densities, found, strict=True):
        np.testing.assert_allclose(again, density, rtol=1e-6)


def test_a_photo_of_one_tile_comes_out_as_it_was() -> None:
    layout = Tiling((64, 96), 0.25).layout((50, 90), (64, 96))
    tile = np.random.default_rng(0).random((8, 12)).astype(np.float32)
    (found,) = blend([tile], [layout], 8)
    assert found.tobytes() == tile.tobytes()

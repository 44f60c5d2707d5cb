from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from backbones.photos import framing, images, tiles
from backbones.photos.framing import View
from backbones.photos.tiles import STEP, Band, Side, Tiling


@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.25, 0.5])
@pytest.mark.parametrize("length", [1, 31, 64, 65, 96, 511, 512, 513, 1000, 4001])
@pytest.mark.parametrize("tile", [32, 64, 224, 512])
def test_tiles_cover_a_side_and_overlap_as_asked(length: int, tile: int, overlap: float) -> None:
    side = Side.cut(length, tile, overlap)
    assert side.starts[0] == 0
    assert all(start % STEP == 0 for start in side.starts)
    assert side.end >= length
    assert side.end - max(length, tile) < STEP
    gaps = [second - first for first, second in itertools.pairwise(side.starts)]
    assert all(0 < gap <= max(STEP, tile * (1 - overlap)) for gap in gaps)
    # Evenly: no two gaps differ by more than a step, and one tile fewer would not do.
    assert not gaps or max(gaps) - min(gaps) <= STEP
    most = max(STEP, tile * (1 - overlap) // STEP * STEP)
    assert not gaps or (len(gaps) - 1) * most < side.starts[-1]


def test_a_photo_is_brought_to_the_scale_of_its_tiles() -> None:
    layout = Tiling((1000, 500), 0.25).layout((3000, 4000), (256, 256))
    assert layout.photo == (768, 2048)
    assert layout.canvas == (768, 2048)
    small = Tiling((512, 512), 0.25).layout((100, 700), (512, 512))
    assert (small.photo, small.canvas) == ((100, 700), (512, 704))
    assert [tile.left for tile in small.tiles] == [0, 192]


def test_keys_tell_photos_scales_and_tiles_apart() -> None:
    layouts = [
        Tiling((64, 64), 0.0).layout((128, 128), (64, 64)),
        Tiling((32, 32), 0.0).layout((128, 128), (64, 64)),
        Tiling((64, 64), 0.0).layout((100, 128), (64, 64)),
    ]
    keys = [key for one in layouts for photo in ("aa", "bb") for key in one.keys(photo)]
    assert len(set(keys)) == len(keys) == 2 * (4 + 16 + 4)
    again = Tiling((64, 64), 0.0).layout((128, 128), (64, 64)).keys("aa")
    assert again == keys[:4]


def test_boxes_become_fractions_of_the_canvas() -> None:
    tiling = Tiling((64, 64), 0.0)
    box = np.array([[0.0, 0.5, 1.0, 1.0]])
    # 70 x 50 pixels on a canvas of 96 x 64.
    found = framing.boxes_in_frame(box, (70, 50), (64, 64), tiling)
    np.testing.assert_allclose(found, [[0, 35 / 96, 50 / 64, 70 / 96]])


@pytest.mark.parametrize("length", [31, 64, 200, 1000, 4001])
@pytest.mark.parametrize("rows", [1, 64, 300])
def test_every_tile_lies_in_its_band(
    length: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "_BAND", rows * 90)
    layout = Tiling((64, 64), 0.25).layout((length, 90), (64, 64))
    assert list(layout.bands) == list(layout.down.starts)
    for band in set(layout.bands.values()):
        top, count = band
        starts = [start for start, its in layout.bands.items() if its == band]
        assert top == starts[0]
        assert top + count == min(length, starts[-1] + 64)
        assert count <= max(64, rows)
    # As few as can be: a band and the first tiles of the next one would be too many rows.
    firsts = sorted({top for top, _ in layout.bands.values()})
    assert all(second + 64 - first > max(64, rows) for first, second in itertools.pairwise(firsts))


def test_a_reduced_jpeg_has_the_bands_of_the_whole_one() -> None:
    grey = Image.new("RGB", (1024, 512), (90, 120, 30))
    content = io.BytesIO()
    grey.save(content, "JPEG")
    view: View = ((20, 128), Band((64, 128), 44))
    assert images.reduction_for(content.getvalue(), (64, 128)) == 2
    found = images.views(content.getvalue(), "a.jpg", [view])[view]
    assert found.shape == (64, 128, 3)  # it is decoded whole
    assert np.ptp(found, axis=(0, 1)).max() == 0

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image

from backbones.photos import images
from backbones.photos.tiles import STEP, Side, Tiling


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
    found = images.boxes_in_frame(box, (70, 50), (64, 64), tiling)
    np.testing.assert_allclose(found, [[0, 35 / 96, 50 / 64, 70 / 96]])


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_view_in_tiles_is_the_whole_photo_at_their_scale(orientation: int) -> None:
    import io

    picture = Image.fromarray(
        np.random.default_rng(0).integers(0, 255, (96, 160, 3), dtype=np.uint8)
    )
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = io.BytesIO()
    picture.save(content, "PNG", exif=exif)
    upright = picture if orientation == 1 else picture.transpose(Image.Transpose.ROTATE_270)
    view: images.View = ((64, 64), Tiling((64, 64), 0.25))
    found = images.views(content.getvalue(), "a.png", [view])[view]
    np.testing.assert_array_equal(found, np.asarray(upright))
    half: images.View = ((64, 64), Tiling((128, 128), 0.25))
    found = images.views(content.getvalue(), "a.png", [half])[half]
    assert found.shape == (upright.height // 2, upright.width // 2, 3)
    opened = Image.open(content)
    np.testing.assert_array_equal(images.views_of_image(opened, "a.png", [half])[half], found)


def test_a_reduced_jpeg_has_the_canvas_of_the_whole_one() -> None:
    import io

    grey = Image.new("RGB", (1024, 512), (90, 120, 30))
    content = io.BytesIO()
    grey.save(content, "JPEG")
    view: images.View = ((32, 32), Tiling((256, 256), 0.0))
    assert images.reduction_for(content.getvalue(), (64, 128)) == 2
    found = images.views(content.getvalue(), "a.jpg", [view])[view]
    assert found.shape == (64, 128, 3)

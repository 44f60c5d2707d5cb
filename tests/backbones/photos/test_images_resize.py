"""A photo brought to the size that a network takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from backbones.photos.framing import resize
from tests.backbones.photos.samples import COLOURS, PHOTO, squares

RED = (255, 0, 0)


@pytest.mark.parametrize(
    ("photo", "size", "rows", "columns"),
    [
        ((40, 20), (40, 40), slice(10, 30), slice(0, 40)),
        ((20, 40), (40, 40), slice(0, 40), slice(10, 30)),
        ((40, 20), (8, 8), slice(2, 6), slice(0, 8)),
        ((40, 20), (20, 60), slice(0, 20), slice(10, 50)),
        ((40, 20), (20, 40), slice(0, 20), slice(0, 40)),
    ],
)
def test_letterbox_pads_evenly_with_grey(
    photo: tuple[int, int], size: tuple[int, int], rows: slice, columns: slice
) -> None:
    expected = np.full((*size, 3), 128, dtype=np.uint8)
    expected[rows, columns] = RED
    pixels = resize(Image.new("RGB", photo, RED), size, "letterbox")
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, expected)


@pytest.mark.parametrize("turned", [False, True])
def test_crop_keeps_the_middle(turned: bool) -> None:
    stripes = COLOURS[:1].repeat(20, axis=0).repeat(20, axis=1)
    stripes = stripes.swapaxes(0, 1) if turned else stripes
    pixels = resize(Image.fromarray(np.ascontiguousarray(stripes)), (20, 20), "crop")
    np.testing.assert_array_equal(pixels, np.broadcast_to(COLOURS[0, 1], (20, 20, 3)))


def test_squash_fills_height_and_width() -> None:
    pixels = resize(PHOTO, (64, 24), "squash")
    assert pixels.shape == (64, 24, 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels[16::32, 4::8], COLOURS)
    np.testing.assert_array_equal(resize(PHOTO, (32, 48), "squash"), squares(COLOURS))


@pytest.mark.parametrize("mode", ["squash", "letterbox", "crop"])
def test_shrinking_averages_what_it_drops(mode: Any) -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = resize(Image.fromarray(board).convert("RGB"), (8, 8), mode)
    np.testing.assert_allclose(pixels[1:-1, 1:-1].astype(int), 127.5, atol=1)

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from backbones.photos.appearance import BLURRED, DARK, VIEW, measure_appearance
from backbones.photos.framing import resize
from tests.backbones.photos.test_likeness import scene


def measured(photo: Image.Image) -> tuple[float, float]:
    brightness, sharpness = measure_appearance(resize(photo, *VIEW))
    return float(brightness), float(sharpness)


@pytest.mark.parametrize("seed", range(3))
def test_a_photo_made_dark_is_dark_and_one_made_soft_is_blurred(seed: int) -> None:
    photo = scene(seed)
    brightness, sharpness = measured(photo)
    assert brightness > DARK
    assert sharpness > BLURRED
    assert measured(ImageEnhance.Brightness(photo).enhance(0.2))[0] < DARK
    assert measured(photo.filter(ImageFilter.GaussianBlur(10)))[1] < BLURRED


def test_contrast_makes_no_photo_sharper() -> None:
    pale = ImageEnhance.Contrast(scene(0)).enhance(0.5)
    assert measured(pale)[1] == pytest.approx(measured(scene(0))[1], rel=0.1)


def test_a_photo_of_one_colour_is_bright_and_not_blurred() -> None:
    assert measured(Image.new("RGB", (300, 200), "white")) == (1, 1)


def test_the_numbers_are_those_of_the_grey_levels() -> None:
    """A chessboard of single pixels: each differs from all four neighbours by 100."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * 100
    pixels = np.repeat(board[..., np.newaxis], 3, axis=2).astype(np.uint8)
    brightness, sharpness = measure_appearance(pixels)
    assert brightness == pytest.approx(100 / 255)
    inside = (64 * 64 - 4 * 62 - 4) * 400**2 + 4 * 62 * 300**2 + 4 * 200**2
    assert sharpness == pytest.approx((inside / 64**2) ** 0.5 / 50, rel=1e-5)

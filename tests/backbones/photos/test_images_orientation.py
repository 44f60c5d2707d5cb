"""The orientation in a photo's EXIF."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from backbones.photos.images import decode
from tests.backbones.photos.samples import (
    COLOURS,
    GREYS,
    PHOTO,
    as_rgb,
    deep_grey,
    encode,
    exif_with,
    squares,
)

#: Rows and columns of the upright photo as a camera held so stores them (EXIF 2.32, 4.6.4).
STORED = {
    1: lambda up: up,
    2: lambda up: up[:, ::-1],
    3: lambda up: up[::-1, ::-1],
    4: lambda up: up[::-1],
    5: lambda up: up.swapaxes(0, 1),
    6: lambda up: np.rot90(up, 1),
    7: lambda up: up[::-1, ::-1].swapaxes(0, 1),
    8: lambda up: np.rot90(up, -1),
}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_the_orientation_of_exif_is_applied(orientation: int, format: str) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](squares(COLOURS))))
    photo = decode(encode(stored, format, exif=exif_with(orientation), quality=95), "turned")
    assert photo.size == (48, 32)
    np.testing.assert_allclose(np.asarray(photo)[8::16, 8::16].astype(int), COLOURS, atol=6)


def test_16_bit_greys_are_turned_too() -> None:
    photo = decode(encode(deep_grey().rotate(180), "PNG", exif=exif_with(3)), "turned.png")
    np.testing.assert_array_equal(np.asarray(photo)[8::16, 8::16], as_rgb(GREYS))


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0II*\0\x08\0\0\0"])
def test_broken_exif_is_passed_over(exif: bytes) -> None:
    photo = decode(encode(PHOTO, "JPEG", quality=95, exif=exif), "a.jpg")
    np.testing.assert_allclose(np.asarray(photo)[8::16, 8::16].astype(int), COLOURS, atol=3)

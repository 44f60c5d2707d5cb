"""One photo of six flat colours, and ways to encode it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms

#: Six flat colours, 2 x 3, and greys; a photo has each as a square of 16 pixels.
COLOURS = np.array(
    [
        [[255, 0, 0], [0, 200, 40], [10, 20, 230]],
        [[255, 255, 255], [0, 0, 0], [120, 130, 90]],
    ],
    dtype=np.uint8,
)

GREYS = np.array([[0, 50, 100], [150, 200, 255]], dtype=np.uint8)


def squares(colours: np.ndarray) -> np.ndarray:
    """Each pixel as a square of 16 by 16."""
    return colours.repeat(16, axis=0).repeat(16, axis=1)


PHOTO, GREY = Image.fromarray(squares(COLOURS)), Image.fromarray(squares(GREYS))

#: Opaque on the left, half transparent in the middle, gone on the right.
ALPHA = Image.fromarray(squares(np.array([[255, 128, 0]] * 2, dtype=np.uint8)))

OPAQUE = np.array([255, 128, 0])[None, :, None] / 255


def encode(image: Image.Image, format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def with_alpha(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putalpha(ALPHA)
    return image


def on_white(colours: np.ndarray) -> np.ndarray:
    """What is seen of colours behind ``ALPHA`` on a white ground."""
    return np.round(colours * OPAQUE + 255 * (1 - OPAQUE))


def as_rgb(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels[..., None], 3, axis=2)


PALETTE = PHOTO.quantize(6)


def deep_grey(mode: str = "I;16") -> Image.Image:
    """The greys at 16 bits."""
    levels = squares(GREYS).astype(np.uint16) * 257
    return Image.frombytes(
        mode, GREY.size, levels.astype(">u2" if "B" in mode else "<u2").tobytes()
    )


def exif_with(orientation: int) -> Image.Exif:
    """EXIF with this value of its orientation tag, 1 to 8."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def red_and_green_swapped() -> bytes:
    """A profile whose first channel shines green, and the second red."""
    tags = bytearray(SRGB)
    red, green = SRGB.index(b"rXYZ"), SRGB.index(b"gXYZ")
    tags[red : red + 4], tags[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(tags)

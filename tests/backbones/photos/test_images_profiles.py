"""The colour profiles embedded in photos."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from backbones.photos.images import decode
from tests.backbones.photos.samples import (
    COLOURS,
    GREY,
    GREYS,
    PALETTE,
    PHOTO,
    SRGB,
    as_rgb,
    deep_grey,
    encode,
    on_white,
    red_and_green_swapped,
    with_alpha,
)


def linear_grey() -> bytes:
    """The least profile of greys that are proportional to light."""
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0\0\0\0\0"
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 12)
    header = struct.pack(">I4sI4s4s4s", 188, b"lcms", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    header = (header + b"\0" * 12 + b"acsp").ljust(68, b"\0") + white[8:]
    return header.ljust(128, b"\0") + tags + white + curve


SWAPPED, LINEAR = red_and_green_swapped(), linear_grey()

LIGHT = np.array([[0, 0.19608, 0.39216], [0.58824, 0.78431, 1]])

BRIGHT = np.where(LIGHT > 0, (1.055 * LIGHT ** (1 / 2.4) - 0.055) * 255, 0)

PROFILES: dict[str, tuple[bytes, np.ndarray]] = {
    "srgb": (encode(PHOTO, "PNG", icc_profile=SRGB), COLOURS),
    "rgb": (encode(PHOTO, "PNG", icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "jpeg": (encode(PHOTO, "JPEG", quality=95, icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "webp": (encode(PHOTO, "WEBP", lossless=True, icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "tiff": (encode(PHOTO, "TIFF", icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "palette": (encode(PALETTE, "PNG", icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "rgba": (
        encode(with_alpha(PHOTO), "PNG", icc_profile=SWAPPED),
        on_white(COLOURS[..., [1, 0, 2]]),
    ),
    "grey of rgb": (encode(GREY, "PNG", icc_profile=SWAPPED), as_rgb(GREYS)),
    "grey": (encode(GREY, "PNG", icc_profile=LINEAR), as_rgb(BRIGHT)),
    "grey of 16 bits": (encode(deep_grey(), "TIFF", icc_profile=LINEAR), as_rgb(BRIGHT)),
    "grey and alpha": (
        encode(with_alpha(GREY), "PNG", icc_profile=LINEAR),
        on_white(as_rgb(BRIGHT)),
    ),
    "colours of grey": (encode(PHOTO, "PNG", icc_profile=LINEAR), COLOURS),
    "cmyk of rgb": (encode(PHOTO.convert("CMYK"), "TIFF", icc_profile=SWAPPED), COLOURS),
    "broken": (encode(PHOTO, "PNG", icc_profile=b"no profile"), COLOURS),
    "cut short": (encode(PHOTO, "PNG", icc_profile=SWAPPED[:300]), COLOURS),
}


@pytest.mark.parametrize("case", PROFILES)
def test_colours_of_a_profile_become_srgb(case: str) -> None:
    data, expected = PROFILES[case]
    pixels = np.asarray(decode(data, case))[8::16, 8::16].astype(int)
    np.testing.assert_allclose(pixels, expected, rtol=0, atol=3)

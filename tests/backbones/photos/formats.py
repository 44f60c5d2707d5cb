"""The photo in every format that is decoded, with the colours it must show."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from PIL import Image

from tests.backbones.photos.samples import (
    COLOURS,
    GREY,
    GREYS,
    PALETTE,
    PHOTO,
    as_rgb,
    deep_grey,
    encode,
    on_white,
    squares,
    with_alpha,
)

WHITE = np.full_like(COLOURS, 255)

GREEN = int(np.asarray(PALETTE)[0, 24])

#: The photo with its green made transparent.
CLEARED = COLOURS.copy()
CLEARED[0, 1] = 255


def png_of_16_bits(pixels: np.ndarray, kind: int, clear: bytes | None = None) -> bytes:
    """A PNG as Pillow cannot write it, of greys (kind 0) or colours (kind 2)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0))
        + (chunk(b"tRNS", clear) if clear else b"")
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def tiff_with(tag: int, value: int, image: Image.Image) -> bytes:
    """A little-endian TIFF with another value of one 16-bit tag."""
    data, entry = encode(image, "TIFF"), struct.pack("<HHI", tag, 3, 1)
    at = data.index(entry) + len(entry)
    return data[:at] + struct.pack("<H", value) + data[at + 2 :]


def tiff_of_12_bits() -> bytes:
    levels = np.repeat(squares(GREYS), 1).astype(int) * 4095 // 255
    packed = "".join(f"{level:012b}" for level in levels)
    data = int(packed, 2).to_bytes(len(packed) // 8, "big").ljust(len(levels) * 2, b"\0")
    return tiff_with(258, 12, Image.frombytes("I;16", GREY.size, data))


def cmyk_without_adobe() -> bytes:
    """Inverted as by Adobe, without its mark: Pillow, as browsers do, takes all for inverted."""
    data = encode(PHOTO.convert("CMYK"), "JPEG", quality=95)
    at = data.index(b"\xff\xee\x00\x0eAdobe")
    return data[:at] + data[at + 16 :]


FORMATS: dict[str, tuple[bytes, np.ndarray, int]] = {
    "jpeg": (encode(PHOTO, "JPEG", quality=95, subsampling=0), COLOURS, 3),
    "jpeg 4:2:0": (encode(PHOTO, "JPEG", quality=95), COLOURS, 3),
    "jpeg progressive": (encode(PHOTO, "JPEG", quality=95, progressive=True), COLOURS, 3),
    "jpeg grey": (encode(GREY, "JPEG", quality=95), as_rgb(GREYS), 2),
    "jpeg cmyk adobe": (encode(PHOTO.convert("CMYK"), "JPEG", quality=95), COLOURS, 3),
    "jpeg cmyk unmarked": (cmyk_without_adobe(), COLOURS, 3),
    "png": (encode(PHOTO, "PNG"), COLOURS, 0),
    "png grey": (encode(GREY, "PNG"), as_rgb(GREYS), 0),
    "png palette": (encode(PALETTE, "PNG"), COLOURS, 0),
    "png palette, one clear": (encode(PALETTE, "PNG", transparency=GREEN), CLEARED, 0),
    "png palette, alphas": (encode(PALETTE, "PNG", transparency=b"\0" * 6), WHITE, 0),
    "png rgb, one clear": (encode(PHOTO, "PNG", transparency=(0, 200, 40)), CLEARED, 0),
    "png rgba": (encode(with_alpha(PHOTO), "PNG"), on_white(COLOURS), 1),
    "png la": (encode(with_alpha(GREY), "PNG"), on_white(as_rgb(GREYS)), 1),
    "png 1 bit": (encode(GREY.point(lambda x: x > 99, "1"), "PNG"), as_rgb((GREYS > 99) * 255), 0),
    "png 16-bit grey": (encode(deep_grey(), "PNG"), as_rgb(GREYS), 0),
    "png 16-bit grey, one clear": (
        png_of_16_bits(squares(GREYS) * np.uint16(257), 0, struct.pack(">H", 0)),
        as_rgb(np.where(GREYS == 0, 255, GREYS)),
        0,
    ),
    "png 16-bit rgb": (png_of_16_bits(squares(COLOURS) * np.uint16(257), 2), COLOURS, 0),
    "webp": (encode(PHOTO, "WEBP", quality=95), COLOURS, 6),
    "webp lossless": (encode(PHOTO, "WEBP", lossless=True), COLOURS, 0),
    "webp alpha": (encode(with_alpha(PHOTO), "WEBP", lossless=True), on_white(COLOURS), 1),
    "webp animated": (
        encode(PHOTO, "WEBP", lossless=True, save_all=True, append_images=[GREY.convert("RGB")]),
        COLOURS,
        0,
    ),
    "bmp": (encode(PHOTO, "BMP"), COLOURS, 0),
    "bmp grey": (encode(GREY, "BMP"), as_rgb(GREYS), 0),
    "bmp palette": (encode(PALETTE, "BMP"), COLOURS, 0),
    "gif": (encode(PALETTE, "GIF"), COLOURS, 0),
    "gif, one clear": (encode(PALETTE, "GIF", transparency=GREEN), CLEARED, 0),
    "gif animated": (encode(PALETTE, "GIF", save_all=True, append_images=[GREY]), COLOURS, 0),
    "tiff": (encode(PHOTO, "TIFF"), COLOURS, 0),
    "tiff lzw": (encode(PHOTO, "TIFF", compression="tiff_lzw"), COLOURS, 0),
    "tiff grey": (encode(GREY, "TIFF"), as_rgb(GREYS), 0),
    "tiff rgba": (encode(with_alpha(PHOTO), "TIFF"), on_white(COLOURS), 1),
    "tiff cmyk": (encode(PHOTO.convert("CMYK"), "TIFF"), COLOURS, 0),
    "tiff 16-bit little": (encode(deep_grey(), "TIFF"), as_rgb(GREYS), 0),
    "tiff 16-bit big": (encode(deep_grey("I;16B"), "TIFF"), as_rgb(GREYS), 0),
    "tiff 16-bit, 0 is white": (tiff_with(262, 0, deep_grey()), as_rgb(255 - GREYS), 0),
    "tiff 12-bit": (tiff_of_12_bits(), as_rgb(GREYS), 1),
    "tiff of two pages": (encode(PHOTO, "TIFF", save_all=True, append_images=[GREY]), COLOURS, 0),
}

"""PNG files, written chunk by chunk where Pillow writes none."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from tests.backbones.photos.corpus.jpegs import TURNS, XMP
from tests.backbones.photos.corpus.kind import (
    DAMAGED,
    GREY_COLOURS,
    LARGE,
    UNKNOWN,
    Kind,
    as_the_second,
    refused,
    shows,
)
from tests.backbones.photos.samples import (
    ALPHA,
    COLOURS,
    GREYS,
    PALETTE,
    PHOTO,
    as_rgb,
    encode,
    exif_with,
    on_white,
    red_and_green_swapped,
    squares,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"

RGB = np.asarray(PHOTO)

RGBA = np.dstack([RGB, np.asarray(ALPHA)])

#: Index of each colour of the photo in its own palette.
INDICES = squares(np.arange(6, dtype=np.uint8).reshape(2, 3))

COLOURS_OF_PALETTE = COLOURS.reshape(-1).tobytes()

#: A text of four times what is allowed, zipped to a thousandth.
BOMB = zlib.compress(b"A" * (4 << 20))


def chunk(name: bytes, data: bytes = b"") -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


def header(width: int, height: int, depth: int, kind: int, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))


def rows_of(pixels: np.ndarray, depth: int) -> bytes:
    """Unfiltered rows, packed where a sample has less than a byte."""
    if depth == 16:
        pixels = pixels.astype(">u2")
    lines = pixels.reshape(len(pixels), -1)
    if depth < 8:
        bits = (lines[..., None] >> np.arange(depth)[::-1]) & 1
        lines = np.packbits(bits.reshape(len(lines), -1).astype(np.uint8), axis=1)
    return b"".join(b"\0" + line.tobytes() for line in lines)


def interlaced(pixels: np.ndarray) -> bytes:
    """The seven passes of Adam7."""
    starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4)]
    starts += [(2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    passes = (pixels[row::down, column::right] for row, column, down, right in starts)
    return b"".join(rows_of(part, 8) for part in passes if part.size)


def png(
    pixels: np.ndarray = RGB,
    kind: int = 2,
    depth: int = 8,
    *,
    before: Sequence[bytes] = (),
    after: Sequence[bytes] = (),
    rows: bytes | None = None,
) -> bytes:
    """`before` and `after` are chunks around the pixels; `rows` stand in for theirs."""
    data = zlib.compress(rows_of(pixels, depth) if rows is None else rows)
    start = SIGNATURE + header(pixels.shape[1], pixels.shape[0], depth, kind)
    return start + b"".join([*before, chunk(b"IDAT", data), *after, chunk(b"IEND")])


def of_palette(
    *, alphas: bytes = b"", colours: bytes = COLOURS_OF_PALETTE, depth: int = 8
) -> bytes:
    before = [chunk(b"PLTE", colours)] + ([chunk(b"tRNS", alphas)] if alphas else [])
    return png(INDICES, 3, depth, before=before)


def filtered(kind: int) -> bytes:
    """Every row by one of the filters, 0 to 4."""
    lines, before = [], np.zeros(RGB.shape[1] * 3, dtype=int)
    for row in RGB.reshape(len(RGB), -1).astype(int):
        left, corner = np.roll(row, 3), np.roll(before, 3)
        left[:3] = corner[:3] = 0
        lines.append(bytes([kind]) + _differences(kind, row, left, before, corner).tobytes())
        before = row
    return png(rows=b"".join(lines))


def _differences(
    kind: int, row: np.ndarray, left: np.ndarray, above: np.ndarray, corner: np.ndarray
) -> np.ndarray:
    guess = left + above - corner
    choices = np.stack([left, above, corner])
    nearest = np.abs(choices - guess).argmin(axis=0)
    paeth = np.take_along_axis(choices, nearest[None], axis=0)[0]
    return (row - (0 * row, left, above, (left + above) // 2, paeth)[kind]).astype(np.uint8)


def damaged(data: bytes, name: bytes) -> bytes:
    """The file with a wrong checksum of one chunk."""
    at = data.index(name)
    end = at + 4 + struct.unpack(">I", data[at - 4 : at])[0]
    return data[:end] + bytes([data[end] ^ 1]) + data[end + 1 :]


def in_small_parts() -> bytes:
    data = zlib.compress(rows_of(RGB, 8))
    parts = [chunk(b"IDAT", data[at : at + 1]) for at in range(len(data))]
    return SIGNATURE + header(48, 32, 8, 2) + b"".join([*parts, chunk(b"IEND")])


def declared(width: int, height: int) -> bytes:
    start = SIGNATURE + header(width, height, 8, 2)
    return start + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND")


def animated(*, hidden: bool) -> bytes:
    others = [Image.new("RGB", PHOTO.size, "black")]
    return encode(PHOTO, "PNG", save_all=True, append_images=others, default_image=hidden)


DEEP = squares(COLOURS).astype(np.uint16) * 257
DEEP_GREY = squares(GREYS).astype(np.uint16) * 257
DEEP_ALPHA = np.asarray(ALPHA).astype(np.uint16) * 257
CLEARED = np.where(np.arange(3)[None, :, None] == 1, 255, COLOURS)
CLEARED[1] = COLOURS[1]
SHARES = np.array([0, 1, 1 / 3, 1, 1, 1]).reshape(2, 3, 1)

KINDS: dict[str, Kind] = {
    "png palette of 4 bits": shows(of_palette(depth=4)),
    "png palette of 2 bits": shows(
        png(INDICES % 4, 3, 2, before=[chunk(b"PLTE", COLOURS_OF_PALETTE[:12])]),
        COLOURS.reshape(-1, 3)[np.arange(6) % 4].reshape(2, 3, 3),
    ),
    "png palette of 1 bit": shows(
        png(INDICES % 2, 3, 1, before=[chunk(b"PLTE", COLOURS_OF_PALETTE[:6])]),
        COLOURS.reshape(-1, 3)[np.arange(6) % 2].reshape(2, 3, 3),
    ),
    "png palette, several alphas": shows(
        of_palette(alphas=bytes([0, 255, 85])), np.round(COLOURS * SHARES + 255 * (1 - SHARES)), 1
    ),
    "png palette, more colours than bits": shows(of_palette(colours=COLOURS_OF_PALETTE * 40)),
    "png palette, an index beyond": as_the_second(of_palette(colours=COLOURS_OF_PALETTE[:15])),
    "png palette that is not there": refused(png(INDICES, 3), DAMAGED),
    "png grey of 2 bits": shows(
        png(INDICES % 4, 0, 2), as_rgb(np.arange(6).reshape(2, 3) % 4 * 85)
    ),
    "png grey of 4 bits": shows(png(INDICES, 0, 4), as_rgb(np.arange(6).reshape(2, 3) * 17)),
    "png grey of 1 bit, one clear": shows(
        png(INDICES % 2, 0, 1, before=[chunk(b"tRNS", b"\0\0")]), as_rgb(np.full((2, 3), 255))
    ),
    "png grey, one clear": shows(
        png(squares(GREYS), 0, before=[chunk(b"tRNS", b"\0\x32")]),
        as_rgb(np.where(GREYS == 50, 255, GREYS)),
    ),
    "png 16-bit rgb, one clear": shows(
        png(DEEP, 2, 16, before=[chunk(b"tRNS", struct.pack(">3H", 0, 200 * 257, 40 * 257))]),
        CLEARED,
    ),
    "png 16-bit la": shows(
        png(np.dstack([DEEP_GREY, DEEP_ALPHA]), 4, 16), on_white(GREY_COLOURS), 1
    ),
    "png 16-bit rgba": shows(png(np.dstack([DEEP, DEEP_ALPHA]), 6, 16), on_white(COLOURS), 1),
    "png interlaced": shows(
        SIGNATURE
        + header(48, 32, 8, 2, 1)
        + chunk(b"IDAT", zlib.compress(interlaced(RGB)))
        + chunk(b"IEND")
    ),
    **{f"png filter {number}": shows(filtered(number)) for number in range(5)},
    "png filter 9": refused(png(rows=b"\x09" * 32 * (48 * 3 + 1)), DAMAGED),
    "png gamma": shows(png(before=[chunk(b"gAMA", struct.pack(">I", 45455))])),
    "png srgb chunk": shows(png(before=[chunk(b"sRGB", b"\0")])),
    "png primaries": shows(png(before=[chunk(b"cHRM", struct.pack(">8I", *range(8)))])),
    "png coding of colours": shows(png(before=[chunk(b"cICP", bytes([1, 13, 0, 1]))])),
    "png ground": shows(png(before=[chunk(b"bKGD", bytes(6))])),
    "png ground behind alpha": shows(
        png(RGBA, 6, before=[chunk(b"bKGD", bytes(6))]), on_white(COLOURS), 1
    ),
    "png histogram and text": shows(
        png(before=[chunk(b"tEXt", b"a\0b"), chunk(b"tIME", bytes(7))])
    ),
    "png orientation": shows(encode(PHOTO, "PNG", exif=exif_with(6)), TURNS[6](COLOURS)),
    "png orientation in xmp": shows(
        png(before=[chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP[29:])]), TURNS[6](COLOURS)
    ),
    "png exif of noise": shows(png(before=[chunk(b"eXIf", b"\xa5" * 30)])),
    "png profile": shows(
        encode(PHOTO, "PNG", icc_profile=red_and_green_swapped()), COLOURS[..., [1, 0, 2]], 3
    ),
    "png profile of noise": shows(
        png(before=[chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\xa5" * 99))])
    ),
    "png profile not zipped": shows(png(before=[chunk(b"iCCP", b"x\0\0" + b"\xa5" * 99)])),
    "png profile bomb": refused(png(before=[chunk(b"iCCP", b"x\0\0" + BOMB)]), LARGE),
    "png text bomb": refused(png(before=[chunk(b"zTXt", b"x\0\0" + BOMB)]), LARGE),
    "png unicode bomb": refused(png(before=[chunk(b"iTXt", b"x\0\1\0\0\0" + BOMB)]), LARGE),
    "png texts without end": refused(
        png(before=[chunk(b"zTXt", b"x\0\0" + zlib.compress(b"A" * 1000000))] * 70), LARGE
    ),
    "png text bomb behind": refused(png(after=[chunk(b"zTXt", b"x\0\0" + BOMB)]), LARGE),
    "png pixel bomb": shows(png(rows=rows_of(RGB, 8) + bytes(20 << 20))),
    "apng": shows(animated(hidden=False)),
    "apng with a still": shows(animated(hidden=True)),
    "png in parts of a byte": shows(in_small_parts()),
    "png, bytes after it": shows(png() + b"\xff" * 300),
    "png without its end": as_the_second(png()[:-12]),
    "png, rows missing": refused(png(rows=rows_of(RGB, 8)[:-500]), DAMAGED),
    "png, pixels of noise": refused(
        png().replace(zlib.compress(rows_of(RGB, 8))[:20], b"\xa5" * 20), DAMAGED
    ),
    "png, checksum of its head": refused(damaged(png(), b"IHDR"), f"{DAMAGED}|{UNKNOWN}"),
    "png, checksum of its pixels": shows(damaged(png(), b"IDAT")),
    "png, checksum of a time": refused(
        damaged(png(before=[chunk(b"tIME", bytes(7))]), b"tIME"), f"{DAMAGED}|{UNKNOWN}"
    ),
    "png of 0 columns": refused(declared(0, 5), f"{DAMAGED}|{UNKNOWN}"),
    "png of an unknown chunk": shows(png(before=[chunk(b"CgBI", bytes(4))])),
    "png of 50000 x 50000": refused(declared(50000, 50000), LARGE),
    "png of 2 billion columns": refused(declared(2**31 - 1, 1), LARGE),
    "png cut in its head": refused(png()[:20], f"{DAMAGED}|{UNKNOWN}"),
    "png 1 x 1": as_the_second(encode(PHOTO.crop((0, 0, 1, 1)), "PNG")),
    "png 65500 x 1": as_the_second(encode(PHOTO.resize((65500, 1)), "PNG")),
    "png 1 x 65500": as_the_second(encode(PHOTO.resize((1, 65500)), "PNG")),
    "png palette of pillow, la": shows(encode(PALETTE, "PNG", bits=4)),
}

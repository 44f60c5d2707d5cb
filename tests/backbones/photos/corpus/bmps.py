"""BMP files, written field by field."""

from __future__ import annotations

import struct

import numpy as np
from PIL import Image

from tests.backbones.photos.corpus.kind import (
    DAMAGED,
    LARGE,
    UNKNOWN,
    Kind,
    as_the_second,
    refused,
    shows,
)
from tests.backbones.photos.corpus.pngs import INDICES, RGB
from tests.backbones.photos.samples import COLOURS, GREYS, encode

TABLE = b"".join(bytes(colour[::-1]) + b"\0" for colour in COLOURS.reshape(-1, 3)) + bytes(40)


def bmp(
    pixels: bytes,
    bits: int,
    compression: int = 0,
    *,
    table: bytes = b"",
    masks: bytes = b"",
    width: int = 48,
    height: int = 32,
    used: int = 0,
) -> bytes:
    fields = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 0, 0, used, 0
    )
    start = 14 + len(fields) + len(masks) + len(table)
    head = b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start)
    return head + fields + masks + table + pixels


def rows(pixels: np.ndarray) -> bytes:
    """Lines from below, each filled to four bytes."""
    lines = [line.tobytes() for line in pixels.reshape(len(pixels), -1)[::-1]]
    return b"".join(line + b"\0" * (-len(line) % 4) for line in lines)


def os2() -> bytes:
    table = b"".join(bytes(colour[::-1]) for colour in COLOURS.reshape(-1, 3)) + bytes(750)
    fields = struct.pack("<IHHHH", 12, 48, 32, 1, 8)
    head = b"BM" + struct.pack("<IHHI", 26 + 768 + 48 * 32, 0, 0, 26 + 768)
    return head + fields + table + rows(INDICES)


def version_5() -> bytes:
    plain = bmp(rows(RGB[..., ::-1]), 24)
    fields = struct.pack("<I", 124) + plain[18:54] + bytes(16) + b"BGRs" + bytes(64)
    head = b"BM" + struct.pack("<IHHI", len(plain) + 84, 0, 0, 138)
    return head + fields + plain[54:]


def in_runs(bits: int) -> bytes:
    """Runs of equal pixels; lines end, and the picture does."""
    lines = []
    for line in INDICES[::-1]:
        runs = [bytes([16, int(i) * 17 if bits == 4 else int(i)]) for i in line[::16]]
        lines.append(b"".join(runs) + b"\0\0")
    return b"".join(lines) + b"\0\1"


def with_absolute_runs() -> bytes:
    return b"".join(b"\0\x30" + line.tobytes() + b"\0\0" for line in INDICES[::-1]) + b"\0\1"


def of_16_bits(red: int, green: int, blue: int) -> np.ndarray:
    """Samples of so many bits each."""
    whole = np.zeros((32, 48), dtype=np.uint16)
    for channel, bits in zip(np.moveaxis(RGB, 2, 0), (red, green, blue), strict=True):
        whole = (whole << bits) | (channel >> (8 - bits))
    return whole.astype("<u2")


BGR = RGB[..., ::-1]
BGRX = np.dstack([BGR, np.zeros((32, 48), np.uint8)])
BGRA = np.dstack([BGR, np.full((32, 48), 255, np.uint8)])
NIBBLES = (INDICES[:, ::2] << 4) | INDICES[:, 1::2]
BITS = np.packbits(INDICES % 2, axis=1)
LEVELS = np.repeat(GREYS[..., None], 3, axis=2)
MASKS_565 = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
MASKS_8 = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)

KINDS: dict[str, Kind] = {
    "bmp 24": shows(bmp(rows(BGR), 24)),
    "bmp 32, nothing in its alpha": shows(bmp(rows(BGRX), 32)),
    "bmp 32, masks": shows(bmp(rows(BGRX), 32, 3, masks=MASKS_8)),
    "bmp 32, opaque": shows(bmp(rows(BGRA), 32)),
    "bmp 16, 555": shows(bmp(rows(of_16_bits(5, 5, 5)), 16), tolerance=8, apart=5),
    "bmp 16, 565": shows(
        bmp(rows(of_16_bits(5, 6, 5)), 16, 3, masks=MASKS_565), tolerance=8, apart=5
    ),
    "bmp 8": shows(bmp(rows(INDICES), 8, table=TABLE, used=16)),
    "bmp 8, fewer colours than stated": as_the_second(
        bmp(rows(INDICES), 8, table=TABLE[:24], used=256)
    ),
    "bmp 4": shows(bmp(rows(NIBBLES), 4, table=TABLE, used=16)),
    "bmp 1": shows(
        bmp(rows(BITS), 1, table=TABLE[:8], used=2),
        COLOURS.reshape(-1, 3)[np.arange(6) % 2].reshape(2, 3, 3),
    ),
    "bmp runs of 8": shows(bmp(in_runs(8), 8, 1, table=TABLE, used=16)),
    "bmp runs of 4": shows(bmp(in_runs(4), 4, 2, table=TABLE, used=16)),
    "bmp absolute runs": shows(bmp(with_absolute_runs(), 8, 1, table=TABLE, used=16)),
    "bmp runs cut": refused(bmp(in_runs(8)[:100], 8, 1, table=TABLE, used=16), DAMAGED),
    "bmp from above": shows(bmp(rows(BGR[::-1]), 24, height=-32)),
    "bmp of os/2": shows(os2()),
    "bmp of version 5": shows(version_5()),
    "bmp, bytes after it": shows(bmp(rows(BGR), 24) + b"\xa5" * 99),
    "bmp, another length in its head": shows(b"BM\1\0\0\0" + bmp(rows(BGR), 24)[6:]),
    "bmp, columns below 0": refused(bmp(rows(BGR), 24, width=-48), LARGE),
    "bmp of 5 bits": refused(bmp(rows(BGR), 5), f"{DAMAGED}|{UNKNOWN}"),
    "bmp of a jpeg": refused(bmp(rows(BGR), 24, 4), f"{DAMAGED}|{UNKNOWN}"),
    "bmp of 100000 x 100000": refused(bmp(rows(BGR), 24, width=100000, height=100000), LARGE),
    "bmp cut": refused(bmp(rows(BGR), 24)[:-900], DAMAGED),
    "bmp, only its head": refused(bmp(rows(BGR), 24)[:30], f"{DAMAGED}|{UNKNOWN}"),
    "bmp 1 x 1": as_the_second(encode(Image.fromarray(RGB[:1, :1]), "BMP")),
}

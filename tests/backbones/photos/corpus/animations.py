"""GIF and WEBP files: of an animation, its first frame."""

from __future__ import annotations

import struct
from itertools import chain

import numpy as np
from PIL import Image

from tests.backbones.photos.corpus.jpegs import SWAPPED, TURNS
from tests.backbones.photos.corpus.kind import (
    DAMAGED,
    LARGE,
    UNKNOWN,
    Kind,
    as_the_second,
    refused,
    shows,
)
from tests.backbones.photos.corpus.pngs import COLOURS_OF_PALETTE, INDICES
from tests.backbones.photos.samples import (
    COLOURS,
    GREY,
    PHOTO,
    encode,
    exif_with,
    on_white,
    with_alpha,
)

BLACK = Image.new("RGB", PHOTO.size, "black")

#: Of eight colours, as a power of 2 is needed.
COLOUR_TABLE = COLOURS_OF_PALETTE + bytes(6)


def lzw(indices: np.ndarray) -> bytes:
    """Pixels of eight colours as GIF keeps them, without repetitions being looked for."""
    codes = list(
        chain.from_iterable((8, *part) for part in np.split(indices, range(4, len(indices), 4)))
    )
    bits = "".join(f"{code:04b}"[::-1] for code in [*codes, 9])
    packed = bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    blocks = (packed[at : at + 255] for at in range(0, len(packed), 255))
    return b"\x03" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def screen(
    width: int = 48, height: int = 32, table: bytes = COLOUR_TABLE, ground: int = 0
) -> bytes:
    flags = 0xF2 if table else 0x70
    return b"GIF89a" + struct.pack("<HHBBB", width, height, flags, ground, 0) + table


def frame(
    indices: np.ndarray = INDICES, x: int = 0, y: int = 0, table: bytes = b"", flags: int = 0
) -> bytes:
    height, width = indices.shape
    flags |= 0x82 if table else 0
    start = b"," + struct.pack("<HHHHB", x, y, width, height, flags) + table
    return start + lzw(indices.ravel())


def control(clear: int | None = None, disposal: int = 0) -> bytes:
    flags = disposal << 2 | (clear is not None)
    return b"!\xf9\x04" + struct.pack("<BHB", flags, 10, clear or 0) + b"\0"


def in_passes(indices: np.ndarray) -> np.ndarray:
    return np.concatenate([indices[0::8], indices[4::8], indices[2::4], indices[1::2]])


def gif(*parts: bytes) -> bytes:
    return b"".join(parts) + b";"


def cleared(place: tuple[int, int]) -> np.ndarray:
    colours = COLOURS.copy()
    colours[place] = 255
    return colours


def upper_left() -> np.ndarray:
    """The first frame covers the left two thirds; around it there is nothing."""
    colours = np.full_like(COLOURS, 255)
    colours[:, :2] = COLOURS[:, :2]
    return colours


def webp(image: Image.Image = PHOTO, **options: object) -> bytes:
    return encode(image, "WEBP", **{"lossless": True, **options})


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def extended(width: int, height: int, flags: int) -> tuple[bytes, bytes]:
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return b"VP8X", bytes([flags, 0, 0, 0]) + sides


#: What a simple file has after its head.
STREAM = (b"VP8L", webp()[20:])

GIFS: dict[str, Kind] = {
    "gif": shows(gif(screen(), frame())),
    "gif 87a": shows(gif(screen(), frame()).replace(b"89a", b"87a")),
    "gif interlaced": shows(gif(screen(), frame(in_passes(INDICES), flags=0x40))),
    "gif, colours of its own": shows(gif(screen(table=bytes(24)), frame(table=COLOUR_TABLE))),
    "gif, colours of its own only": shows(gif(screen(table=b""), frame(table=COLOUR_TABLE))),
    "gif without colours": as_the_second(gif(screen(table=b""), frame())),
    "gif, clear in its first frame": shows(gif(screen(), control(1), frame()), cleared((0, 1))),
    "gif, a first frame of a part": shows(
        gif(screen(), control(7), frame(INDICES[:, :32])), upper_left()
    ),
    "gif, a frame at an offset": as_the_second(gif(screen(64, 48), control(7), frame(x=8, y=8))),
    "gif, a frame beyond its screen": as_the_second(gif(screen(24, 16), frame())),
    "gif animated, a second frame over it": shows(
        gif(screen(), control(None, 1), frame(), control(7, 2), frame(INDICES * 0))
    ),
    "gif of comments": shows(
        gif(screen(), b"!\xfe\x05hello\0", b"!\xff\x0bNETSCAPE2.0\x03\1\0\0\0", frame())
    ),
    "gif without its end": shows(gif(screen(), frame())[:-1]),
    "gif, bytes after it": shows(gif(screen(), frame()) + b"\xa5" * 99),
    "gif of no frame": refused(gif(screen()), f"{DAMAGED}|{UNKNOWN}"),
    "gif cut in its pixels": refused(gif(screen(), frame())[:-300], DAMAGED),
    "gif of 65535 x 65535": refused(gif(screen(65535, 65535), frame()), LARGE),
    "gif, a frame of 65535 x 65535": refused(
        gif(screen(), frame().replace(b"\x30\0\x20\0", b"\xff\xff\xff\xff", 1)), LARGE
    ),
    "gif of 0 columns": as_the_second(gif(screen(0, 0), frame())),
    "gif 1 x 1": as_the_second(gif(screen(1, 1), frame(INDICES[:1, :1]))),
}

WEBPS: dict[str, Kind] = {
    "webp lossy": shows(webp(lossless=False, quality=95), tolerance=6, apart=3),
    "webp lossy, alpha": shows(
        webp(with_alpha(PHOTO), lossless=False, quality=100), on_white(COLOURS), 6, apart=3
    ),
    "webp lossy, alpha of bad quality": as_the_second(
        webp(with_alpha(PHOTO), lossless=False, quality=1, alpha_quality=0), 3
    ),
    "webp exact": shows(webp(with_alpha(PHOTO), exact=True), on_white(COLOURS), 1),
    "webp grey": shows(webp(GREY.convert("RGB")), np.asarray(GREY.convert("RGB"))[8::16, 8::16]),
    "webp orientation": shows(webp(exif=exif_with(6)), TURNS[6](COLOURS)),
    "webp orientation 3": shows(webp(exif=exif_with(3)), TURNS[3](COLOURS)),
    "webp exif of noise": shows(riff(extended(48, 32, 8), STREAM, (b"EXIF", b"\xa5" * 40))),
    "webp profile": shows(webp(icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]], 3),
    "webp profile of noise": shows(riff(extended(48, 32, 32), (b"ICCP", b"\xa5" * 40), STREAM)),
    "webp extended": shows(riff(extended(48, 32, 0), STREAM)),
    "webp of an unknown chunk": shows(riff(extended(48, 32, 0), STREAM, (b"????", b"abc"))),
    "webp animated": shows(webp(save_all=True, append_images=[BLACK])),
    "webp animated, clear": shows(
        webp(with_alpha(PHOTO), save_all=True, append_images=[BLACK]), on_white(COLOURS), 1
    ),
    "webp, bytes after it": shows(webp() + b"\xa5" * 99),
    "webp cut": refused(webp(lossless=False)[:-40], f"{DAMAGED}|{UNKNOWN}"),
    "webp, another size in front": refused(
        riff(extended(64, 64, 0), STREAM), f"{DAMAGED}|{UNKNOWN}"
    ),
    "webp of 16383 x 16383": refused(
        riff((b"VP8L", b"/" + struct.pack("<I", 16382 | 16382 << 14) + bytes(50))), LARGE
    ),
    "webp of 16 million columns": refused(
        riff(extended(1 << 24, 1 << 7, 2), (b"ANIM", bytes(6))), f"{DAMAGED}|{UNKNOWN}|{LARGE}"
    ),
    "webp, only its head": refused(webp()[:16], f"{DAMAGED}|{UNKNOWN}"),
}

KINDS = GIFS | WEBPS

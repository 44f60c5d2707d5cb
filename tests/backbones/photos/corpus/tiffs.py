"""TIFF files, by tifffile where Pillow writes none."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import tifffile
from PIL import Image, ImageCms

from tests.backbones.photos.corpus.jpegs import SWAPPED, TURNS
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
from tests.backbones.photos.corpus.pngs import DEEP, DEEP_ALPHA, DEEP_GREY, INDICES, RGB, RGBA
from tests.backbones.photos.samples import (
    COLOURS,
    GREY,
    GREYS,
    PHOTO,
    as_rgb,
    encode,
    on_white,
    squares,
)

GREY_PIXELS = squares(GREYS)

ODD = "its pixels are "


def tiff(pixels: np.ndarray = RGB, /, *, big: bool = False, **options: Any) -> bytes:
    content = io.BytesIO()
    order = options.pop("order", "<")
    with tifffile.TiffWriter(content, bigtiff=big, byteorder=order) as writer:
        writer.write(pixels, **{"photometric": "rgb", "metadata": None, **options})
    return content.getvalue()


def grey(pixels: np.ndarray = GREY_PIXELS, **options: Any) -> bytes:
    return tiff(pixels, **{"photometric": "minisblack", **options})


def pillow(image: Image.Image = PHOTO, compression: str = "raw", **options: Any) -> bytes:
    return encode(image, "TIFF", compression=compression, **options)


def with_tag(data: bytes, tag: int, value: int) -> bytes:
    """A little-endian file with another value of one of its short or long tags."""
    for kind, form in ((3, "<H"), (4, "<I")):
        entry = struct.pack("<HHI", tag, kind, 1)
        if entry in data:
            at = data.index(entry) + len(entry)
            changed = struct.pack(form, value)
            return data[:at] + changed + data[at + len(changed) :]
    raise ValueError(f"the file has no tag {tag}")


def pages(*images: np.ndarray, **options: Any) -> bytes:
    content = io.BytesIO()
    with tifffile.TiffWriter(content) as writer:
        for image in images:
            writer.write(image, photometric="rgb", metadata=None, **options)
    return content.getvalue()


def endless() -> bytes:
    """A file whose only page is followed by itself."""
    data = tiff()
    at = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[at : at + 2])[0]
    end = at + 2 + 12 * count
    return data[:end] + data[4:8] + data[end + 4 :]


def associated() -> np.ndarray:
    """Colours that were multiplied by how opaque they are."""
    shares = RGBA[..., 3:] / 255
    return np.dstack([np.round(RGB * shares).astype(np.uint8), RGBA[..., 3]])


def lab() -> Image.Image:
    """Brightness, and colours between -128 and 127: a green rounds to another by 19."""
    ends = [ImageCms.createProfile(name) for name in ("sRGB", "LAB")]
    return ImageCms.profileToProfile(PHOTO, *ends, outputMode="LAB")


def oriented(number: int) -> Kind:
    return shows(tiff(extratags=[(274, "H", 1, number, True)]), TURNS[number](COLOURS))


BITS = GREY.point(lambda x: 255 * (x > 99), "1")
BLACK_WHITE = as_rgb((GREYS > 99) * 255)
PALETTE = np.zeros((3, 256), dtype=np.uint16)
PALETTE[:, :6] = COLOURS.reshape(-1, 3).T.astype(np.uint16) * 257

KINDS: dict[str, Kind] = {
    **{f"tiff orientation {number}": oriented(number) for number in range(2, 9)},
    "tiff": shows(tiff()),
    "tiff of big ends": shows(tiff(order=">")),
    "bigtiff": shows(tiff(big=True)),
    "bigtiff of big ends": refused(tiff(big=True, order=">"), UNKNOWN),
    "tiff of tiles": shows(tiff(tile=(16, 16))),
    "tiff of tiles that stand over": shows(tiff(tile=(64, 64))),
    "tiff of planes": shows(tiff(np.moveaxis(RGB, 2, 0), planarconfig="separate")),
    "tiff of strips": shows(tiff(rowsperstrip=1)),
    "tiff zipped": shows(tiff(compression="zlib")),
    "tiff zipped, tiles, big": shows(tiff(compression="zlib", tile=(16, 16), big=True)),
    "tiff deflate": shows(pillow(compression="tiff_deflate")),
    "tiff lzw, differences": shows(pillow(compression="tiff_lzw", tiffinfo={317: 2})),
    "tiff packbits": shows(pillow(compression="packbits")),
    "tiff zstd": shows(pillow(compression="zstd")),
    "tiff lzma": shows(pillow(compression="lzma")),
    "tiff webp": refused(with_tag(tiff(), 259, 50001), f"{DAMAGED}|{UNKNOWN}"),
    "tiff jpeg": shows(pillow(compression="jpeg", quality=95), tolerance=6, apart=2),
    "tiff jpeg, grey": shows(pillow(GREY, compression="jpeg", quality=95), GREY_COLOURS, 3),
    "tiff fax 3": shows(pillow(BITS, compression="group3"), BLACK_WHITE),
    "tiff fax 4": shows(pillow(BITS, compression="group4"), BLACK_WHITE),
    "tiff 1 bit": shows(pillow(BITS), BLACK_WHITE),
    "tiff 1 bit, 0 is white": shows(with_tag(pillow(BITS), 262, 0), 255 - BLACK_WHITE),
    "tiff grey, 0 is white": shows(grey(photometric="miniswhite"), 255 - GREY_COLOURS),
    "tiff grey of big ends": shows(grey(DEEP_GREY, order=">"), GREY_COLOURS),
    "tiff 16-bit grey, zipped": shows(grey(DEEP_GREY, compression="zlib"), GREY_COLOURS),
    "tiff 16-bit grey, tiles": shows(grey(DEEP_GREY, tile=(16, 16)), GREY_COLOURS),
    "tiff 16-bit rgb": shows(tiff(DEEP)),
    "tiff 16-bit rgb of big ends": shows(tiff(DEEP, order=">")),
    "tiff 16-bit rgb, zipped": shows(tiff(DEEP, compression="zlib")),
    "tiff 16-bit rgba": shows(
        tiff(np.dstack([DEEP, DEEP_ALPHA]), extrasamples=["unassalpha"]), on_white(COLOURS), 1
    ),
    "tiff palette": shows(tiff(INDICES, photometric="palette", colormap=PALETTE)),
    "tiff rgba": shows(tiff(RGBA, extrasamples=["unassalpha"]), on_white(COLOURS), 1),
    "tiff rgba, multiplied": shows(
        tiff(associated(), extrasamples=["assocalpha"]), on_white(COLOURS), 2
    ),
    "tiff rgb and something": shows(tiff(RGBA, extrasamples=["unspecified"])),
    "tiff grey and alpha": shows(
        grey(
            np.dstack([GREY_PIXELS, RGBA[..., 3]]),
            extrasamples=["unassalpha"],
            planarconfig="contig",
        ),
        on_white(GREY_COLOURS),
        1,
    ),
    "tiff of five channels": as_the_second(
        tiff(np.dstack([RGBA, RGBA[..., 3]]), extrasamples=["unassalpha", "unspecified"])
    ),
    "tiff cmyk": shows(pillow(PHOTO.convert("CMYK")), tolerance=1),
    "tiff cmyk, zipped": shows(pillow(PHOTO.convert("CMYK"), "tiff_deflate"), tolerance=1),
    "tiff ycbcr": as_the_second(pillow(PHOTO.convert("YCbCr")), 3),
    "tiff lab": shows(pillow(lab()), tolerance=20),
    "tiff profile": shows(tiff(iccprofile=SWAPPED), COLOURS[..., [1, 0, 2]], 3),
    "tiff profile of noise": shows(tiff(iccprofile=b"\xa5" * 200)),
    "tiff of pages": shows(pages(RGB, RGB * 0)),
    "tiff, a small page first": as_the_second(pages(RGB[::2, ::2], RGB)),
    "tiff of pages without end": shows(endless()),
    "tiff, bytes after it": shows(tiff() + b"\xa5" * 99),
    "tiff 1 x 1": as_the_second(tiff(RGB[:1, :1])),
    "tiff 65500 x 1": as_the_second(tiff(np.repeat(RGB[:1], 1365, axis=1))),
    "tiff of floats": refused(grey(GREY_PIXELS.astype(np.float32)), f"{ODD}floats"),
    "tiff of doubles": refused(
        grey(GREY_PIXELS.astype(np.float64)), f"{ODD}floats|{UNKNOWN}|{DAMAGED}"
    ),
    "tiff of halves": refused(
        grey(GREY_PIXELS.astype(np.float16)), f"{ODD}floats|{UNKNOWN}|{DAMAGED}"
    ),
    "tiff of floats, rgb": refused(
        tiff(RGB.astype(np.float32)), f"{ODD}floats|{UNKNOWN}|{DAMAGED}"
    ),
    "tiff of 32 bits": refused(grey(GREY_PIXELS.astype(np.uint32)), ODD),
    "tiff of 32 bits, signed": refused(grey(GREY_PIXELS.astype(np.int32)), ODD),
    "tiff of 16 bits, signed": refused(grey(DEEP_GREY.view(np.int16)), ODD),
    "tiff of 8 bits, signed": refused(
        grey(GREY_PIXELS.view(np.int8)), f"{ODD}|{UNKNOWN}|{DAMAGED}"
    ),
    "tiff of complex numbers": refused(
        grey(GREY_PIXELS.astype(np.complex64)), f"{ODD}|{UNKNOWN}|{DAMAGED}"
    ),
    "tiff of 32 bits, rgb": refused(tiff(RGB.astype(np.uint32)), f"{ODD}|{UNKNOWN}|{DAMAGED}"),
    "tiff of a jpeg of old": refused(with_tag(tiff(), 259, 6), f"{DAMAGED}|{UNKNOWN}"),
    "tiff of an unknown compression": refused(with_tag(tiff(), 259, 9999), f"{DAMAGED}|{UNKNOWN}"),
    "tiff of an unknown colour": refused(with_tag(tiff(), 262, 77), f"{DAMAGED}|{UNKNOWN}"),
    "tiff of 100000 x 100000": refused(with_tag(with_tag(tiff(), 256, 50000), 257, 50000), LARGE),
    "tiff of more rows than are there": refused(
        with_tag(tiff(compression="zlib"), 257, 64), DAMAGED
    ),
    "tiff zipped, pixels of noise": refused(
        tiff(compression="zlib").replace(b"\x78", b"\xa5"), DAMAGED
    ),
    "tiff cut": refused(tiff()[:-900], f"{DAMAGED}|{UNKNOWN}"),
    "tiff of no page": refused(b"II*\0\0\0\0\0", f"{DAMAGED}|{UNKNOWN}"),
    "tiff, its page beyond its end": refused(b"II*\0\xff\xff\xff\x7f", f"{DAMAGED}|{UNKNOWN}"),
    "tiff, only its head": refused(b"II*\0", f"{DAMAGED}|{UNKNOWN}"),
}

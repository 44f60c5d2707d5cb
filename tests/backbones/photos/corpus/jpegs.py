"""JPEG files."""

from __future__ import annotations

import struct

import cv2
import numpy as np
from PIL import Image

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
    COLOURS,
    GREY,
    PHOTO,
    SRGB,
    encode,
    exif_with,
    red_and_green_swapped,
)

SWAPPED = red_and_green_swapped()


def jpeg(image: Image.Image = PHOTO, **options: object) -> bytes:
    return encode(image, "JPEG", **{"quality": 95, "subsampling": 0, **options})


PLAIN = jpeg()

#: How an orientation turns a photo (height, width, 3) so that it stands upright.
TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segment(marker: int, content: bytes, data: bytes = PLAIN) -> bytes:
    """The file with a segment after its first marker."""
    return data[:2] + segment(marker, content) + data[2:]


def frame_at(data: bytes) -> int:
    """Where the header of the frame begins."""
    return next(data.index(bytes([0xFF, sof, 0])) for sof in (0xC0, 0xC2) if _has(data, sof))


def _has(data: bytes, sof: int) -> bool:
    return bytes([0xFF, sof, 0]) in data


def with_frame(data: bytes = PLAIN, **fields: int) -> bytes:
    """The file with other fields in the header of its frame."""
    changed, at = bytearray(data), frame_at(data)
    places = {"marker": (1, ">B"), "bits": (4, ">B"), "height": (5, ">H"), "width": (7, ">H")}
    places |= {"components": (9, ">B"), "sampling": (11, ">B"), "table": (12, ">B")}
    for name, value in fields.items():
        offset, form = places[name]
        struct.pack_into(form, changed, at + offset, value)
    return bytes(changed)


def with_density(unit: int, x: int, y: int) -> bytes:
    at = PLAIN.index(b"JFIF\0") + 7
    return PLAIN[:at] + struct.pack(">BHH", unit, x, y) + PLAIN[at + 5 :]


def by_opencv(*options: int) -> bytes:
    pixels = np.asarray(PHOTO)[..., ::-1]
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95, *options])[1].tobytes()


def sampled(factor: int) -> bytes:
    return by_opencv(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor)


def adobe(data: bytes, transform: int) -> bytes:
    """The file with another transform of its colours in Adobe's segment."""
    at = data.index(b"Adobe") + 11
    return data[:at] + bytes([transform]) + data[at + 1 :]


def stored_as_rgb() -> bytes:
    """Colours that are not transformed; Adobe's segment says so."""
    planes = Image.merge("YCbCr", PHOTO.split())
    start = encode(planes, "JPEG", quality=95, subsampling=0)
    return with_segment(0xEE, b"Adobe\0\x64\0\0\0\0\0", without_jfif(start))


def without_jfif(data: bytes) -> bytes:
    return data[:2] + data[20:]


def ycck() -> bytes:
    """Brightness and colour differences, and black, as Photoshop saves CMYK."""
    planes = [*PHOTO.convert("YCbCr").split(), Image.new("L", PHOTO.size)]
    return adobe(encode(Image.merge("CMYK", planes), "JPEG", quality=95), 2)


def noise(width: int, height: int, **options: object) -> bytes:
    """Smooth, so that all decoders agree on what lies between samples."""
    rows = np.linspace(0, 250, height)[:, None] + np.zeros(width)
    columns = np.linspace(250, 0, width)[None] + np.zeros((height, 1))
    pixels = np.stack([rows, columns, (rows + columns) / 2], axis=-1).astype(np.uint8)
    return encode(Image.fromarray(pixels), "JPEG", **{"quality": 95, **options})


def mpo() -> bytes:
    return encode(PHOTO, "MPO", quality=95, subsampling=0, save_all=True, append_images=[GREY])


def oriented(number: int) -> Kind:
    colours = TURNS[number](COLOURS)
    return shows(jpeg(exif=exif_with(number)), colours, 3)


def broken_index(data: bytes) -> bytes:
    at = data.index(b"MPF\0") + 12
    return data[:at] + b"\xff" * 24 + data[at + 24 :]


EXIF = exif_with(6).tobytes()

XMP = (
    b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf="
    b"'http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:tiff="
    b"'http://ns.adobe.com/tiff/1.0/' tiff:Orientation=\"6\"/></rdf:RDF></x:xmpmeta>"
)

KINDS: dict[str, Kind] = {
    **{f"jpeg orientation {number}": oriented(number) for number in TURNS},
    "jpeg orientation 0": shows(jpeg(exif=exif_with(0)), tolerance=3),
    "jpeg orientation 9": shows(jpeg(exif=exif_with(9)), tolerance=3),
    "jpeg 4:2:2": shows(sampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422), tolerance=3),
    "jpeg 4:4:0": shows(sampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440), tolerance=3),
    "jpeg 4:1:1": shows(sampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411), tolerance=3),
    "jpeg progressive 4:2:0": shows(jpeg(progressive=True, subsampling=2), tolerance=3),
    "jpeg optimised": shows(jpeg(optimize=True), tolerance=3),
    "jpeg restart markers": shows(jpeg(restart_marker_blocks=1), tolerance=3),
    "jpeg restart markers, progressive": shows(
        jpeg(restart_marker_rows=1, progressive=True), tolerance=3
    ),
    "jpeg, a restart marker lost": as_the_second(
        jpeg(restart_marker_blocks=1).replace(b"\xff\xd2", b"\xff\xd5"), 60
    ),
    "jpeg grey progressive": shows(jpeg(GREY, progressive=True), GREY_COLOURS, 2),
    "jpeg of the worst quality": as_the_second(jpeg(quality=1)),
    "jpeg 1 x 1": as_the_second(noise(1, 1)),
    "jpeg 1 x 2000": as_the_second(noise(1, 2000)),
    "jpeg 65500 x 1": as_the_second(noise(65500, 1)),
    "jpeg 17 x 13": as_the_second(noise(17, 13)),
    "jpeg 17 x 13, 4:2:2": as_the_second(noise(17, 13, subsampling=1)),
    "jpeg, bytes after it": shows(PLAIN + b"\0" * 500, tolerance=3),
    "jpeg, a zip after it": shows(PLAIN + b"PK\3\4" + b"\xff\xd8" * 50, tolerance=3),
    "jpeg, bytes before it": refused(b"\r\n" + PLAIN, UNKNOWN),
    "jpeg, fill bytes": shows(PLAIN[:2] + b"\xff" * 9 + PLAIN[2:], tolerance=3),
    "jpeg, a long comment": shows(with_segment(0xFE, b"x" * 65533), tolerance=3),
    "jpeg, unknown segments": shows(with_segment(0xEB, b"?" * 9), tolerance=3),
    "jpeg, exif of noise": shows(with_segment(0xE1, b"Exif\0\0" + b"\xa5" * 40), tolerance=3),
    "jpeg, exif that is empty": shows(with_segment(0xE1, b"Exif\0\0"), tolerance=3),
    "jpeg, exif cut short": shows(with_segment(0xE1, EXIF[:20]), tolerance=3),
    "jpeg, exif that leads nowhere": shows(
        with_segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"), tolerance=3
    ),
    "jpeg, exif of big ends": shows(
        with_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"),
        TURNS[6](COLOURS),
        3,
    ),
    "jpeg, orientation as text": shows(
        with_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\2\0\0\0\0026\0\0\0\0\0\0\0"),
        tolerance=3,
    ),
    "jpeg, orientation in xmp": shows(with_segment(0xE1, XMP), TURNS[6](COLOURS), 3),
    "jpeg, srgb": shows(jpeg(icc_profile=SRGB), tolerance=3),
    "jpeg, profile": shows(jpeg(icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]], 4),
    "jpeg, profile in parts": shows(
        jpeg(icc_profile=SWAPPED + b"\0" * 70000), COLOURS[..., [1, 0, 2]], 4
    ),
    "jpeg, profile of noise": shows(jpeg(icc_profile=b"\xa5" * 300), tolerance=3),
    "jpeg, profile with a part lost": shows(
        with_segment(0xE2, b"ICC_PROFILE\0\1\2" + SWAPPED[:200]), tolerance=3
    ),
    "jpeg, density 0": shows(with_density(1, 0, 0), tolerance=3),
    "jpeg, density of unit 9": shows(with_density(9, 1, 65535), tolerance=3),
    "jpeg without jfif": shows(without_jfif(PLAIN), tolerance=3),
    "jpeg stored as rgb": shows(stored_as_rgb(), tolerance=6),
    "jpeg ycck": shows(ycck(), tolerance=8),
    "jpeg cmyk with a profile": shows(
        encode(PHOTO.convert("CMYK"), "JPEG", quality=95, icc_profile=SWAPPED), tolerance=3
    ),
    "mpo": shows(mpo(), tolerance=3),
    "mpo of a broken index": shows(broken_index(mpo()), tolerance=3),
    "jpeg of 0 rows": refused(with_frame(height=0), UNKNOWN),
    "jpeg of 12 bits": refused(with_frame(bits=12), UNKNOWN),
    "jpeg of 2 components": refused(with_frame(components=2), UNKNOWN),
    "jpeg, a table that is not there": refused(with_frame(table=3), DAMAGED),
    "jpeg, sampling of 0": refused(with_frame(sampling=0), DAMAGED),
    "jpeg arithmetic, by name": as_the_second(with_frame(marker=0xC9)),
    "jpeg lossless, by name": refused(with_frame(marker=0xC3), f"{DAMAGED}|{UNKNOWN}"),
    "jpeg hierarchical, by name": refused(with_frame(marker=0xC5), f"{DAMAGED}|{UNKNOWN}"),
    "jpeg of 65535 x 65535": refused(with_frame(height=65535, width=65535), LARGE),
    "jpeg of 900 rows that are not there": as_the_second(with_frame(height=900)),
    "jpeg cut in its head": refused(PLAIN[:100], f"{DAMAGED}|{UNKNOWN}"),
    "jpeg cut in its pixels": refused(noise(300, 300)[:-2000], DAMAGED),
    "jpeg progressive cut": refused(noise(300, 300, progressive=True)[:-2000], DAMAGED),
    "jpeg without its end": refused(PLAIN[:-2], DAMAGED),
    "jpeg, only its start": refused(PLAIN[:2], UNKNOWN),
}

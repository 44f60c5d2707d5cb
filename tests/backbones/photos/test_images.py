from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from backbones.errors import InputError
from backbones.photos.images import View, decode, reduction_for, resize, views

#: Six flat colours, 2 x 3, and greys; a photo has each as a square of 16 pixels.
COLOURS = np.array(
    [
        [[255, 0, 0], [0, 200, 40], [10, 20, 230]],
        [[255, 255, 255], [0, 0, 0], [120, 130, 90]],
    ],
    dtype=np.uint8,
)
GREYS = np.array([[0, 50, 100], [150, 200, 255]], dtype=np.uint8)
WHITE = np.full_like(COLOURS, 255)


def squares(colours: np.ndarray) -> np.ndarray:
    return colours.repeat(16, axis=0).repeat(16, axis=1)


PHOTO, GREY = Image.fromarray(squares(COLOURS)), Image.fromarray(squares(GREYS))
#: Opaque on the left, half transparent in the middle, gone on the right.
ALPHA = Image.fromarray(squares(np.array([[255, 128, 0]] * 2, dtype=np.uint8)))
OPAQUE = np.array([255, 128, 0])[None, :, None] / 255


def file(image: Image.Image, format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def with_alpha(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putalpha(ALPHA)
    return image


def on_white(colours: np.ndarray) -> np.ndarray:
    return np.round(colours * OPAQUE + 255 * (1 - OPAQUE))


def grey(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels[..., None], 3, axis=2)


PALETTE = PHOTO.quantize(6)
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


def deep_grey(mode: str = "I;16") -> Image.Image:
    levels = squares(GREYS).astype(np.uint16) * 257
    return Image.frombytes(
        mode, GREY.size, levels.astype(">u2" if "B" in mode else "<u2").tobytes()
    )


def tiff_with(tag: int, value: int, image: Image.Image) -> bytes:
    """A little-endian TIFF with another value of one 16-bit tag."""
    data, entry = file(image, "TIFF"), struct.pack("<HHI", tag, 3, 1)
    at = data.index(entry) + len(entry)
    return data[:at] + struct.pack("<H", value) + data[at + 2 :]


def tiff_of_12_bits() -> bytes:
    levels = np.repeat(squares(GREYS), 1).astype(int) * 4095 // 255
    packed = "".join(f"{level:012b}" for level in levels)
    data = int(packed, 2).to_bytes(len(packed) // 8, "big").ljust(len(levels) * 2, b"\0")
    return tiff_with(258, 12, Image.frombytes("I;16", GREY.size, data))


def cmyk_without_adobe() -> bytes:
    """Inverted as by Adobe, without its mark: Pillow, as browsers do, takes all for inverted."""
    data = file(PHOTO.convert("CMYK"), "JPEG", quality=95)
    at = data.index(b"\xff\xee\x00\x0eAdobe")
    return data[:at] + data[at + 16 :]


FORMATS: dict[str, tuple[bytes, np.ndarray, int]] = {
    "jpeg": (file(PHOTO, "JPEG", quality=95, subsampling=0), COLOURS, 3),
    "jpeg 4:2:0": (file(PHOTO, "JPEG", quality=95), COLOURS, 3),
    "jpeg progressive": (file(PHOTO, "JPEG", quality=95, progressive=True), COLOURS, 3),
    "jpeg grey": (file(GREY, "JPEG", quality=95), grey(GREYS), 2),
    "jpeg cmyk adobe": (file(PHOTO.convert("CMYK"), "JPEG", quality=95), COLOURS, 3),
    "jpeg cmyk unmarked": (cmyk_without_adobe(), COLOURS, 3),
    "png": (file(PHOTO, "PNG"), COLOURS, 0),
    "png grey": (file(GREY, "PNG"), grey(GREYS), 0),
    "png palette": (file(PALETTE, "PNG"), COLOURS, 0),
    "png palette, one clear": (file(PALETTE, "PNG", transparency=GREEN), CLEARED, 0),
    "png palette, alphas": (file(PALETTE, "PNG", transparency=b"\0" * 6), WHITE, 0),
    "png rgb, one clear": (file(PHOTO, "PNG", transparency=(0, 200, 40)), CLEARED, 0),
    "png rgba": (file(with_alpha(PHOTO), "PNG"), on_white(COLOURS), 1),
    "png la": (file(with_alpha(GREY), "PNG"), on_white(grey(GREYS)), 1),
    "png 1 bit": (file(GREY.point(lambda x: x > 99, "1"), "PNG"), grey((GREYS > 99) * 255), 0),
    "png 16-bit grey": (file(deep_grey(), "PNG"), grey(GREYS), 0),
    "png 16-bit grey, one clear": (
        png_of_16_bits(squares(GREYS) * np.uint16(257), 0, struct.pack(">H", 0)),
        grey(np.where(GREYS == 0, 255, GREYS)),
        0,
    ),
    "png 16-bit rgb": (png_of_16_bits(squares(COLOURS) * np.uint16(257), 2), COLOURS, 0),
    "webp": (file(PHOTO, "WEBP", quality=95), COLOURS, 6),
    "webp lossless": (file(PHOTO, "WEBP", lossless=True), COLOURS, 0),
    "webp alpha": (file(with_alpha(PHOTO), "WEBP", lossless=True), on_white(COLOURS), 1),
    "webp animated": (
        file(PHOTO, "WEBP", lossless=True, save_all=True, append_images=[GREY.convert("RGB")]),
        COLOURS,
        0,
    ),
    "bmp": (file(PHOTO, "BMP"), COLOURS, 0),
    "bmp grey": (file(GREY, "BMP"), grey(GREYS), 0),
    "bmp palette": (file(PALETTE, "BMP"), COLOURS, 0),
    "gif": (file(PALETTE, "GIF"), COLOURS, 0),
    "gif, one clear": (file(PALETTE, "GIF", transparency=GREEN), CLEARED, 0),
    "gif animated": (file(PALETTE, "GIF", save_all=True, append_images=[GREY]), COLOURS, 0),
    "tiff": (file(PHOTO, "TIFF"), COLOURS, 0),
    "tiff lzw": (file(PHOTO, "TIFF", compression="tiff_lzw"), COLOURS, 0),
    "tiff grey": (file(GREY, "TIFF"), grey(GREYS), 0),
    "tiff rgba": (file(with_alpha(PHOTO), "TIFF"), on_white(COLOURS), 1),
    "tiff cmyk": (file(PHOTO.convert("CMYK"), "TIFF"), COLOURS, 0),
    "tiff 16-bit little": (file(deep_grey(), "TIFF"), grey(GREYS), 0),
    "tiff 16-bit big": (file(deep_grey("I;16B"), "TIFF"), grey(GREYS), 0),
    "tiff 16-bit, 0 is white": (tiff_with(262, 0, deep_grey()), grey(255 - GREYS), 0),
    "tiff 12-bit": (tiff_of_12_bits(), grey(GREYS), 1),
    "tiff of two pages": (file(PHOTO, "TIFF", save_all=True, append_images=[GREY]), COLOURS, 0),
}


@pytest.mark.parametrize("case", FORMATS)
def test_every_format_shows_its_colours(case: str) -> None:
    data, expected, tolerance = FORMATS[case]
    photo = decode(data, case)
    assert (photo.mode, photo.size) == ("RGB", (48, 32))
    np.testing.assert_allclose(
        np.asarray(photo).astype(int)[8::16, 8::16], expected, rtol=0, atol=tolerance
    )


def test_16_bit_greys_are_rounded_to_the_nearest_of_8() -> None:
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    found = np.asarray(decode(file(Image.fromarray(levels), "PNG"), "ramp.png"))[..., 0]
    np.testing.assert_array_equal(found, (levels.astype(int) + 128) // 257)


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


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_the_orientation_of_exif_is_applied(orientation: int, format: str) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](squares(COLOURS))))
    photo = decode(file(stored, format, exif=turned(orientation), quality=95), "turned")
    assert photo.size == (48, 32)
    np.testing.assert_allclose(np.asarray(photo)[8::16, 8::16].astype(int), COLOURS, atol=6)


def test_16_bit_greys_are_turned_too() -> None:
    photo = decode(file(deep_grey().rotate(180), "PNG", exif=turned(3)), "turned.png")
    np.testing.assert_array_equal(np.asarray(photo)[8::16, 8::16], grey(GREYS))


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0II*\0\x08\0\0\0"])
def test_broken_exif_is_passed_over(exif: bytes) -> None:
    photo = decode(file(PHOTO, "JPEG", quality=95, exif=exif), "a.jpg")
    np.testing.assert_allclose(np.asarray(photo)[8::16, 8::16].astype(int), COLOURS, atol=3)


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def red_and_green_swapped() -> bytes:
    """A profile whose first channel shines green, and the second red."""
    tags = bytearray(SRGB)
    red, green = SRGB.index(b"rXYZ"), SRGB.index(b"gXYZ")
    tags[red : red + 4], tags[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(tags)


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
    "srgb": (file(PHOTO, "PNG", icc_profile=SRGB), COLOURS),
    "rgb": (file(PHOTO, "PNG", icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "jpeg": (file(PHOTO, "JPEG", quality=95, icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "webp": (file(PHOTO, "WEBP", lossless=True, icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "tiff": (file(PHOTO, "TIFF", icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "palette": (file(PALETTE, "PNG", icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]]),
    "rgba": (
        file(with_alpha(PHOTO), "PNG", icc_profile=SWAPPED),
        on_white(COLOURS[..., [1, 0, 2]]),
    ),
    "grey of rgb": (file(GREY, "PNG", icc_profile=SWAPPED), grey(GREYS)),
    "grey": (file(GREY, "PNG", icc_profile=LINEAR), grey(BRIGHT)),
    "grey of 16 bits": (file(deep_grey(), "TIFF", icc_profile=LINEAR), grey(BRIGHT)),
    "grey and alpha": (file(with_alpha(GREY), "PNG", icc_profile=LINEAR), on_white(grey(BRIGHT))),
    "colours of grey": (file(PHOTO, "PNG", icc_profile=LINEAR), COLOURS),
    "cmyk of rgb": (file(PHOTO.convert("CMYK"), "TIFF", icc_profile=SWAPPED), COLOURS),
    "broken": (file(PHOTO, "PNG", icc_profile=b"no profile"), COLOURS),
    "cut short": (file(PHOTO, "PNG", icc_profile=SWAPPED[:300]), COLOURS),
}


@pytest.mark.parametrize("case", PROFILES)
def test_colours_of_a_profile_become_srgb(case: str) -> None:
    data, expected = PROFILES[case]
    found = np.asarray(decode(data, case))[8::16, 8::16].astype(int)
    np.testing.assert_allclose(found, expected, rtol=0, atol=3)


NOT_WHOLE = "not a whole photo of JPEG, PNG, WEBP, BMP, GIF, TIFF"
MISTAKES: dict[str, tuple[bytes, str]] = {
    "empty.jpg": (b"", f"{NOT_WHOLE}: it is empty; convert it, or copy it again"),
    "page.jpg": (
        b"<!DOCTYPE html><html>",
        f"{NOT_WHOLE}: its 21 bytes start with b'<!DOCTYPE ht'; convert it, or copy it again",
    ),
    "other.ppm": (
        file(PHOTO, "PPM"),
        f"{NOT_WHOLE}: its 4,621 bytes start with b'P6\\n48 32\\n255'; "
        "convert it, or copy it again",
    ),
    "floats.tif": (
        file(GREY.convert("F"), "TIFF"),
        "its pixels are floats; convert it to 8 or 16 bits, unsigned",
    ),
    "ints.tif": (
        file(GREY.convert("I"), "TIFF"),
        "its pixels are 32-bit or signed integers; convert it to 8 or 16 bits, unsigned",
    ),
    "half.bmp": (
        FORMATS["bmp"][0][:-200],
        "damaged or cut short (image file is truncated (88 bytes not processed)); copy it again",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name: str) -> None:
    data, message = MISTAKES[name]
    with pytest.raises(InputError) as caught:
        decode(data, name)
    assert str(caught.value) == f"{name}: {message}"


@pytest.mark.parametrize("case", FORMATS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_never_shown_in_part(case: str, part: float) -> None:
    data = FORMATS[case][0]
    try:
        found = decode(data[: int(len(data) * part)], "cut")
    except InputError as error:
        assert re.match(r"cut: (damaged or cut short|not a whole photo)", str(error))  # noqa: PT017
    else:  # the whole first frame may lie before the cut
        np.testing.assert_array_equal(np.asarray(found), np.asarray(decode(data, case)))


@pytest.mark.parametrize("case", ["jpeg", "png", "webp", "gif", "tiff", "tiff lzw"])
def test_size_limits_of_pillow(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 48 * 32 - 1)
    assert decode(FORMATS[case][0], case).size == (48, 32)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 48 * 32 // 2 - 1)
    with pytest.raises(InputError, match=rf"{case}: too large to open safely \(.*1536 pixels"):
        decode(FORMATS[case][0], case)


def test_threads_leave_the_filters_of_warnings_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 48 * 32 - 1)
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        sizes = {p.size for p in pool.map(lambda _: decode(FORMATS["tiff"][0], "a"), range(400))}
    assert sizes == {(48, 32)}
    assert warnings.filters == before


RED = (255, 0, 0)


@pytest.mark.parametrize(
    ("photo", "size", "rows", "columns"),
    [
        ((40, 20), (40, 40), slice(10, 30), slice(0, 40)),
        ((20, 40), (40, 40), slice(0, 40), slice(10, 30)),
        ((40, 20), (8, 8), slice(2, 6), slice(0, 8)),
        ((40, 20), (20, 60), slice(0, 20), slice(10, 50)),
        ((40, 20), (20, 40), slice(0, 20), slice(0, 40)),
    ],
)
def test_letterbox_pads_evenly_with_grey(
    photo: tuple[int, int], size: tuple[int, int], rows: slice, columns: slice
) -> None:
    expected = np.full((*size, 3), 128, dtype=np.uint8)
    expected[rows, columns] = RED
    found = resize(Image.new("RGB", photo, RED), size, "letterbox")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("turned", [False, True])
def test_crop_keeps_the_middle(turned: bool) -> None:
    stripes = COLOURS[:1].repeat(20, axis=0).repeat(20, axis=1)
    stripes = stripes.swapaxes(0, 1) if turned else stripes
    found = resize(Image.fromarray(np.ascontiguousarray(stripes)), (20, 20), "crop")
    np.testing.assert_array_equal(found, np.broadcast_to(COLOURS[0, 1], (20, 20, 3)))


def test_squash_fills_height_and_width() -> None:
    found = resize(PHOTO, (64, 24), "squash")
    assert found.shape == (64, 24, 3)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[16::32, 4::8], COLOURS)
    np.testing.assert_array_equal(resize(PHOTO, (32, 48), "squash"), squares(COLOURS))


@pytest.mark.parametrize("mode", ["squash", "letterbox", "crop"])
def test_shrinking_averages_what_it_drops(mode: Any) -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    found = resize(Image.fromarray(board).convert("RGB"), (8, 8), mode)
    np.testing.assert_allclose(found[1:-1, 1:-1].astype(int), 127.5, atol=1)


#: sides of a photo (width, height), view (height, width), and what its sides are divided by
REDUCTIONS = [
    ((4032, 3024), (224, 224), 4),
    ((4032, 3024), (416, 608), 2),
    ((4032, 3024), (128, 128), 8),
    ((4032, 3024), (832, 1216), 1),
    ((3024, 4032), (224, 224), 4),
    ((896, 896), (224, 224), 2),
    ((896, 894), (224, 224), 1),
    ((4030, 3024), (224, 224), 2),
    ((4033, 3024), (224, 224), 1),
]


@pytest.mark.parametrize(("sides", "view", "expected"), REDUCTIONS)
def test_a_jpeg_keeps_twice_the_sides_of_a_view(
    sides: tuple[int, int], view: tuple[int, int], expected: int
) -> None:
    data = file(Image.new("L", sides), "JPEG")
    assert reduction_for(data, view) == expected
    assert decode(data, "a", expected).size == (sides[0] // expected, sides[1] // expected)


def test_only_a_jpeg_is_reduced() -> None:
    assert reduction_for(file(Image.new("L", (896, 896)), "PNG"), (8, 8)) == 1
    assert reduction_for(b"no photo", (8, 8)) == 1


LARGE = PHOTO.resize((768, 512), Image.Resampling.NEAREST)
REDUCED = {
    "jpeg": file(LARGE, "JPEG", quality=95),
    "progressive": file(LARGE, "JPEG", quality=95, progressive=True),
    "cmyk": file(LARGE.convert("CMYK"), "JPEG", quality=95),
    "profile": file(LARGE, "JPEG", quality=95, icc_profile=red_and_green_swapped()),
    "grey": file(LARGE.convert("L"), "JPEG", quality=95),
    "turned": file(LARGE, "JPEG", quality=95, exif=turned(6)),
}


@pytest.mark.parametrize("case", REDUCED)
@pytest.mark.parametrize("mode", ["squash", "letterbox", "crop"])
def test_a_reduced_jpeg_shows_what_the_whole_one_shows(case: str, mode: Any) -> None:
    data, view = REDUCED[case], ((64, 64), mode)
    assert reduction_for(data, view[0]) == 4
    found = views(data, case, [view])[view].astype(int)
    assert np.abs(found - resize(decode(data, case), *view)).mean() <= 1


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_large_jpeg_cut_short_is_refused(part: float) -> None:
    data = REDUCED["jpeg"]
    with pytest.raises(InputError, match=r"^cut: damaged or cut short"):
        views(data[: int(len(data) * part)], "cut", [((64, 64), "squash")])


def test_real_photos_reduced_are_within_half_a_level(face_counting: Path) -> None:
    view: View = ((64, 64), "squash")
    differences = []
    for path in sorted((face_counting / "images").glob("*.jpg"))[:200]:
        data = path.read_bytes()
        if reduction_for(data, view[0]) > 1:
            whole = resize(decode(data, path.name), *view).astype(int)
            differences.append(np.abs(views(data, path.name, [view])[view] - whole))
    assert len(differences) > 30
    assert np.mean(differences) <= 0.5
    assert np.percentile(differences, 99.9) <= 8

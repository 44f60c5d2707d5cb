"""Rows of photos, and large photos that are decoded in part, against what Pillow decodes whole."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms

from backbones.errors import InputError
from backbones.photos import framing, images, parts
from backbones.photos.framing import View
from backbones.photos.parts import Parts
from backbones.photos.tiles import Band

HEIGHT, WIDTH = 97, 160


def draw(mode: str) -> Image.Image:
    random = np.random.default_rng(0)
    small = random.integers(0, 255, (HEIGHT // 4, WIDTH // 4, 4), dtype=np.uint8)
    picture = Image.fromarray(small, "RGBA").resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return picture if mode == "RGBA" else picture.convert(mode)


def save(picture: Image.Image, format: str, orientation: int = 1, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = io.BytesIO()
    picture.save(content, format, exif=exif, **options)
    return content.getvalue()


def swapped() -> bytes:
    """A profile whose green is not that of sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


#: Mode, format and options of photos that libvips decodes as Pillow does.
IN_PART = {
    "jpeg": ("RGB", "JPEG", {"quality": 90}),
    "jpeg 4:4:4": ("RGB", "JPEG", {"subsampling": 0}),
    "jpeg 4:2:2": ("RGB", "JPEG", {"subsampling": 1}),
    "jpeg progressive": ("RGB", "JPEG", {"progressive": True}),
    "jpeg grey": ("L", "JPEG", {}),
    "png": ("RGB", "PNG", {}),
    "png grey": ("L", "PNG", {}),
    "png alpha": ("RGBA", "PNG", {}),
    "png grey alpha": ("LA", "PNG", {}),
    "tiff": ("RGB", "TIFF", {}),
    "tiff grey": ("L", "TIFF", {}),
    "tiff lzw": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "tiff deflate": ("RGB", "TIFF", {"compression": "tiff_adobe_deflate"}),
    "tiff jpeg": ("RGB", "TIFF", {"compression": "jpeg"}),
}

#: Those that are decoded whole.
WHOLE = {
    "jpeg cmyk": ("CMYK", "JPEG", {}),
    "png palette": ("P", "PNG", {}),
    "png clear colour": ("RGB", "PNG", {"transparency": (10, 20, 30)}),
    "png 16 bits": ("I;16", "PNG", {}),
    "webp": ("RGB", "WEBP", {"lossless": True}),
    "bmp": ("RGB", "BMP", {}),
    "tiff alpha": ("RGBA", "TIFF", {}),
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Parts | None]:
    """What is opened in part; every photo counts as large."""
    monkeypatch.setattr(parts, "LARGE", 0)
    found: list[Parts | None] = []
    plain = images.open_parts

    def record(data: bytes, header: Image.Image) -> Parts | None:
        found.append(plain(data, header))
        return found[-1]

    monkeypatch.setattr(images, "open_parts", record)
    return found


def band(data: bytes, whole: tuple[int, int], top: int, rows: int) -> npt.NDArray[np.uint8]:
    """These rows; of a photo that is decoded whole, all are given."""
    asked = ((rows, whole[1]), Band(whole, top))
    found = images.views(data, "photo", [asked])[asked]
    return found if len(found) == rows else found[top : top + rows]


def assert_close(found: npt.NDArray[np.uint8], expected: npt.NDArray[np.uint8]) -> None:
    """Pillow rounds where a strip begins to 24 bits: some samples are one level off."""
    off = np.abs(found.astype(int) - expected)
    assert off.max(initial=0) <= 1
    assert off.mean() < 0.02


@pytest.mark.parametrize("whole", [(97, 160), (48, 80), (70, 33), (150, 250), (1, 7)])
@pytest.mark.parametrize("at_once", [2000, 5000, 2**24])
def test_bands_are_rows_of_the_whole_photo_at_their_scale(
    whole: tuple[int, int], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "_AT_ONCE", at_once)
    data = save(draw("RGB"), "PNG")
    expected = framing.resize(images.decode(data, "photo"), whole, "squash")
    for top, rows in ((0, whole[0]), (0, 1), (whole[0] // 2, whole[0] - whole[0] // 2)):
        assert_close(band(data, whole, top, rows), expected[top : top + rows])
    with Image.open(io.BytesIO(data)) as image:
        asked = (whole, Band(whole, 0))
        seen = images.views_of_image(image, "photo", [asked])[asked]
    np.testing.assert_array_equal(seen, band(data, whole, 0, whole[0]))
    if at_once > HEIGHT * WIDTH:
        np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize("case", IN_PART)
def test_what_is_decoded_in_part_has_the_pixels_of_the_whole(
    case: str, opened: list[Parts | None]
) -> None:
    pytest.importorskip("pyvips")
    mode, format, options = IN_PART[case]
    data = save(draw(mode), format, **options)
    whole = images.decode(data, case)
    for top, rows in ((0, HEIGHT), (30, 40)):
        found = band(data, (HEIGHT, WIDTH), top, rows)
        np.testing.assert_array_equal(found, np.asarray(whole)[top : top + rows])
    view: View = ((20, 30), "squash")
    assert_close(images.views(data, case, [view])[view], framing.resize(whole, (20, 30), "squash"))
    assert [type(one) for one in opened] == [Parts] * 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("case", ["jpeg", "png", "tiff lzw"])
def test_turned_photos_are_decoded_in_part(
    case: str, orientation: int, opened: list[Parts | None]
) -> None:
    pytest.importorskip("pyvips")
    mode, format, options = IN_PART[case]
    data = save(draw(mode), format, orientation, **options)
    whole = images.decode(data, case)
    scale = (whole.height // 2, whole.width - 3)
    found = band(data, scale, 10, 30)
    np.testing.assert_array_equal(found, framing.resize_rows(whole, Band(scale, 10), 30))
    assert [type(one) for one in opened] == [Parts]


@pytest.mark.parametrize("case", WHOLE)
def test_others_are_decoded_whole(case: str, opened: list[Parts | None]) -> None:
    mode, format, options = WHOLE[case]
    data = save(draw(mode), format, **options)
    expected = np.asarray(images.decode(data, case))[30:70]
    np.testing.assert_array_equal(band(data, (HEIGHT, WIDTH), 30, 40), expected)
    assert opened == [None]


def test_colours_are_those_of_the_whole(opened: list[Parts | None]) -> None:
    pytest.importorskip("pyvips")
    profile = swapped()
    data = save(draw("RGB"), "PNG", icc_profile=profile)
    whole = images.decode(data, "photo")
    np.testing.assert_array_equal(band(data, (HEIGHT, WIDTH), 30, 40), np.asarray(whole)[30:70])
    assert [type(one) for one in opened] == [Parts]


def test_a_tiff_whose_0_is_white(opened: list[Parts | None]) -> None:
    import tifffile

    content = io.BytesIO()
    pixels = np.asarray(draw("L"))
    tifffile.imwrite(content, pixels, photometric="miniswhite")
    data = content.getvalue()
    expected = np.asarray(images.decode(data, "photo"))[30:70]
    np.testing.assert_array_equal(band(data, (HEIGHT, WIDTH), 30, 40), expected)


def test_signed_samples_are_refused(opened: list[Parts | None]) -> None:
    import tifffile

    content = io.BytesIO()
    tifffile.imwrite(content, np.asarray(draw("L")).view(np.int8), photometric="minisblack")
    with pytest.raises(InputError, match="32-bit or signed integers"):
        band(content.getvalue(), (HEIGHT, WIDTH), 30, 40)
    assert opened == [None]


@pytest.mark.parametrize("orientation", [3, 8])
def test_a_photo_that_lies_otherwise_is_decoded_once_for_a_band(
    orientation: int, opened: list[Parts | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyvips")
    monkeypatch.setattr(framing, "_AT_ONCE", 1)
    started: list[int] = []
    plain = parts._Reader.__init__
    monkeypatch.setattr(
        parts._Reader, "__init__", lambda *given: started.append(1) or plain(*given)
    )
    data = save(draw("RGB"), "PNG", orientation)
    band(data, images.upright_size(io.BytesIO(data)), 10, 30)
    assert len(started) == 1


def test_what_libvips_cannot_read_is_decoded_whole(opened: list[Parts | None]) -> None:
    """Its build lacks this compression, which only decoding tells."""
    data = save(draw("RGB"), "TIFF", compression="lzma")
    expected = np.asarray(images.decode(data, "photo"))[30:70]
    np.testing.assert_array_equal(band(data, (HEIGHT, WIDTH), 30, 40), expected)


def test_libvips_keeps_nothing_of_a_photo() -> None:
    """Else it has the decoders of the last hundred operations, with all that they hold."""
    pytest.importorskip("pyvips")
    script = (
        "import sys, pyvips\n"
        "from backbones.photos import images, parts\n"
        "parts.LARGE = 0\n"
        "view = ((20, 30), 'squash')\n"
        "images.views(sys.stdin.buffer.read(), 'photo', [view])\n"
        "print(pyvips.voperation.vips_lib.vips_cache_get_size())\n"
    )
    data = save(draw("RGB"), "PNG")
    said = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True)
    assert said.stdout.strip() == b"0", said.stderr.decode()


@pytest.mark.parametrize("case", ["jpeg", "png", "tiff lzw"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_what_is_cut_short_is_named(case: str, part: float, opened: list[Parts | None]) -> None:
    pytest.importorskip("pyvips")
    mode, format, options = IN_PART[case]
    data = save(draw(mode), format, **options)
    with pytest.raises(InputError, match=r"^photo: (damaged or cut short|not a whole photo)"):
        band(data[: int(len(data) * part)], (HEIGHT, WIDTH), 0, HEIGHT)


def test_without_libvips_photos_are_decoded_whole(
    monkeypatch: pytest.MonkeyPatch, opened: list[Parts | None]
) -> None:
    monkeypatch.setattr(parts, "_vips", lambda: None)
    data = save(draw("RGB"), "PNG")
    expected = np.asarray(images.decode(data, "photo"))[30:70]
    np.testing.assert_array_equal(band(data, (HEIGHT, WIDTH), 30, 40), expected)
    assert opened == [None]


def test_photos_that_are_not_large_are_decoded_whole() -> None:
    data = save(draw("RGB"), "PNG")
    with Image.open(io.BytesIO(data)) as header:
        assert parts.open_parts(data, header) is None

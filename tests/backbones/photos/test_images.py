"""Photos of every format, decoded; files that cannot be."""

from __future__ import annotations

import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backbones.errors import InputError
from backbones.photos.formats import FORMATS as DECODED
from backbones.photos.images import decode, upright_size
from tests.backbones.photos.formats import FORMATS
from tests.backbones.photos.samples import GREY, PHOTO, encode


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
    pixels = np.asarray(decode(encode(Image.fromarray(levels), "PNG"), "ramp.png"))[..., 0]
    np.testing.assert_array_equal(pixels, (levels.astype(int) + 128) // 257)


NOT_WHOLE = f"not a whole photo of {', '.join(DECODED)}"

UNUSABLE: dict[str, tuple[bytes, str]] = {
    "empty.jpg": (b"", f"{NOT_WHOLE}: it is empty; convert it, or copy it again"),
    "page.jpg": (
        b"<!DOCTYPE html><html>",
        f"{NOT_WHOLE}: its 21 bytes start with b'<!DOCTYPE ht'; convert it, or copy it again",
    ),
    "other.ppm": (
        encode(PHOTO, "PPM"),
        f"{NOT_WHOLE}: its 4,621 bytes start with b'P6\\n48 32\\n255'; convert to JPEG or PNG",
    ),
    "floats.tif": (
        encode(GREY.convert("F"), "TIFF"),
        "its pixels are floats; convert it to 8 or 16 bits, unsigned",
    ),
    "ints.tif": (
        encode(GREY.convert("I"), "TIFF"),
        "its pixels are 32-bit or signed integers; convert it to 8 or 16 bits, unsigned",
    ),
    "half.bmp": (
        FORMATS["bmp"][0][:-200],
        "damaged or cut short (image file is truncated (88 bytes not processed)); copy it again",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_mistake_is_named(name: str) -> None:
    data, message = UNUSABLE[name]
    with pytest.raises(InputError) as caught:
        decode(data, name)
    assert str(caught.value) == f"{name}: {message}"


@pytest.mark.parametrize("case", FORMATS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_never_shown_in_part(case: str, part: float) -> None:
    data = FORMATS[case][0]
    try:
        pixels = decode(data[: int(len(data) * part)], "cut")
    except InputError as error:
        assert re.match(r"cut: (damaged or cut short|not a whole photo)", str(error))  # noqa: PT017
    else:  # the whole first frame may lie before the cut
        np.testing.assert_array_equal(np.asarray(pixels), np.asarray(decode(data, case)))


@pytest.mark.parametrize("case", ["jpeg", "png", "webp", "gif", "tiff", "tiff lzw"])
def test_size_limits_of_pillow(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 48 * 32 - 1)
    assert decode(FORMATS[case][0], case).size == (48, 32)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 48 * 32 // 2 - 1)
    with pytest.raises(InputError, match=rf"{case}: too large to open safely \(.*1536 pixels"):
        decode(FORMATS[case][0], case)
    (tmp_path / case).write_bytes(FORMATS[case][0])
    with pytest.raises(InputError, match=rf"{case}: too large to open safely \(.*make it smaller"):
        upright_size(tmp_path / case)


def test_threads_leave_the_filters_of_warnings_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 48 * 32 - 1)
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        sizes = {p.size for p in pool.map(lambda _: decode(FORMATS["tiff"][0], "a"), range(400))}
    assert sizes == {(48, 32)}
    assert warnings.filters == before

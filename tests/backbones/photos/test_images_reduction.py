"""Large JPEGs decoded at a half, a quarter or an eighth of their sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backbones.errors import InputError
from backbones.photos.framing import View, resize
from backbones.photos.images import decode, reduction_for, views
from tests.backbones.photos.samples import PHOTO, encode, exif_with, red_and_green_swapped

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
    data = encode(Image.new("L", sides), "JPEG")
    assert reduction_for(data, view) == expected
    assert decode(data, "a", expected).size == (sides[0] // expected, sides[1] // expected)


def test_only_a_jpeg_is_reduced() -> None:
    assert reduction_for(encode(Image.new("L", (896, 896)), "PNG"), (8, 8)) == 1
    assert reduction_for(b"no photo", (8, 8)) == 1


LARGE = PHOTO.resize((768, 512), Image.Resampling.NEAREST)

REDUCED = {
    "jpeg": encode(LARGE, "JPEG", quality=95),
    "progressive": encode(LARGE, "JPEG", quality=95, progressive=True),
    "cmyk": encode(LARGE.convert("CMYK"), "JPEG", quality=95),
    "profile": encode(LARGE, "JPEG", quality=95, icc_profile=red_and_green_swapped()),
    "grey": encode(LARGE.convert("L"), "JPEG", quality=95),
    "turned": encode(LARGE, "JPEG", quality=95, exif=exif_with(6)),
}


@pytest.mark.parametrize("case", REDUCED)
@pytest.mark.parametrize("mode", ["squash", "letterbox", "crop"])
def test_a_reduced_jpeg_shows_what_the_whole_one_shows(case: str, mode: Any) -> None:
    data, view = REDUCED[case], ((64, 64), mode)
    assert reduction_for(data, view[0]) == 4
    pixels = views(data, case, [view])[view].astype(int)
    assert np.abs(pixels - resize(decode(data, case), *view)).mean() <= 1


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

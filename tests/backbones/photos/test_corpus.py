"""Every kind of a photo: the pixels that it must show, or the reason why it is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.photos.digests import compute_digests
from backbones.photos.images import decode, upright_size, views
from tests.backbones.photos.corpus import (
    animations,
    avifs,
    bmps,
    jpegs,
    others,
    pngs,
    profiles,
    second,
    tiffs,
)
from tests.backbones.photos.corpus.kind import Kind
from tests.backbones.photos.formats import FORMATS
from tests.backbones.photos.samples import PHOTO, encode

ROOMS = (animations, avifs, bmps, jpegs, others, pngs, profiles, tiffs)
CORPUS: dict[str, Kind] = {name: kind for room in ROOMS for name, kind in room.KINDS.items()}
SHOWN = [name for name, kind in CORPUS.items() if not kind.refused]
REFUSED = [name for name, kind in CORPUS.items() if kind.refused]

#: In use, warnings of damaged tags are no errors.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_there_are_as_many_kinds_as_are_named() -> None:
    assert len(CORPUS) == sum(len(room.KINDS) for room in ROOMS)
    assert len(CORPUS.keys() | FORMATS.keys()) >= 300
    unknown = second.DIFFERENT.keys() - set(SHOWN)
    assert all(name.startswith("avif") for name in unknown)  # some builds of Pillow read none


@pytest.mark.parametrize("name", SHOWN)
def test_a_photo_shows_its_colours_and_what_another_decoder_shows(name: str) -> None:
    kind = CORPUS[name]
    pixels = np.asarray(decode(kind.data, name)).astype(int)
    if kind.colours is not None:
        seen = pixels[8::16, 8::16]
        np.testing.assert_allclose(seen, kind.colours, rtol=0, atol=kind.tolerance)
    other = second.decode(kind.data)
    same_shape = other is not None and other.shape == pixels.shape
    same = same_shape and np.abs(pixels - other).mean() <= kind.apart
    assert same != (name in second.DIFFERENT), other


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_shown_is_named_with_the_reason(name: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(CORPUS[name].data, name)
    assert re.match(f"{re.escape(name)}: ({CORPUS[name].refused})", str(caught.value))
    with pytest.raises(InputError, match=re.escape(name)):
        views(CORPUS[name].data, name, [((8, 8), "squash")])


def test_the_size_in_a_head_is_that_of_the_pixels(tmp_path: Path) -> None:
    sizes = {}
    for number, name in enumerate(SHOWN):
        (tmp_path / str(number)).write_bytes(CORPUS[name].data)
        shown = decode(CORPUS[name].data, name).size[::-1]
        sizes[name] = (upright_size(tmp_path / str(number)), shown)
    assert {name: pair for name, pair in sizes.items() if pair[0] != pair[1]} == {}


def test_the_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    assert decode(encode(PHOTO, "PNG"), "a.jpg").size == PHOTO.size
    assert decode(jpegs.PLAIN, "a.png").size == PHOTO.size
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(InputError, match=r"photos that cannot be read:\n.*folder\.jpg"):
        compute_digests([tmp_path / "folder.jpg"])

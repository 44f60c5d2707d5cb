"""Which suffixes are photos, with and without what may be installed beside Pillow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from backbones.errors import InputError
from backbones.photos.formats import FORMATS, NOT_READ, START, SUFFIXES, suffix_of
from backbones.photos.images import decode
from tests.backbones.photos.samples import PHOTO, encode


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_suffix_of_a_photo_is_decoded(suffix: str, tmp_path: Path) -> None:
    kind = SUFFIXES[suffix]
    if kind == "HEIF":  # the encoder may be missing where the decoder is not
        pytest.skip("written by no encoder of Pillow")
    PHOTO.save(tmp_path / f"a{suffix}", Image.registered_extensions().get(suffix, kind))
    data = (tmp_path / f"a{suffix}").read_bytes()
    assert decode(data, suffix).size == PHOTO.size


def test_what_is_decoded_is_not_said_to_be_left_out() -> None:
    assert {".jfif", ".jpe", ".apng", ".dib", ".mpo", ".tiff"} <= SUFFIXES.keys()
    assert not SUFFIXES.keys() & NOT_READ.keys()
    assert {".cr2", ".nef", ".arw", ".dng", ".psd", ".svg", ".jp2", ".jxl"} <= NOT_READ.keys()
    assert (".avif" in SUFFIXES) == ("AVIF" in FORMATS) == (".avif" not in NOT_READ)
    assert "EPS" not in FORMATS  # its decoder starts a program


def test_a_photo_of_a_kind_that_is_not_read_says_what_it_needs() -> None:
    if "HEIF" in FORMATS:
        pytest.skip("pillow-heif is installed")
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    with pytest.raises(InputError, match=r"a\.HEIC: not a .* 'backbone-ensemble\[heif\]'"):
        decode(data, "a.HEIC")
    with pytest.raises(InputError, match=r"a\.jpg: not a .* 'backbone-ensemble\[heif\]'"):
        decode(data, "a.jpg")


STAND_IN = """
from PIL import BmpImagePlugin, Image


class Heif(BmpImagePlugin.BmpImageFile):
    format = "HEIF"


def register_heif_opener():
    Image.register_open("HEIF", Heif, lambda start: start.startswith(b"BM"))
    Image.register_extensions("HEIF", [".heic", ".heif"])
"""

SEES = """
import sys
from backbones.photos.formats import FORMATS, NOT_READ, SUFFIXES
print("HEIF" in FORMATS, SUFFIXES.get(".heic"), ".heic" in NOT_READ)
"""


@pytest.mark.parametrize(
    ("module", "seen"),
    [(STAND_IN, "True HEIF False"), ("raise ImportError('no libheif')", "False None True")],
)
def test_heif_is_read_where_its_opener_works(module: str, seen: str, tmp_path: Path) -> None:
    (tmp_path / "pillow_heif.py").write_text(module)
    path = [str(tmp_path), *sys.path]
    code = f"import sys; sys.path[:] = {path!r}\n{SEES}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == seen


def test_a_dib_without_the_head_of_a_bmp_is_read() -> None:
    assert decode(encode(PHOTO, "DIB"), "a.dib").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_photo_is_known_by_its_first_bytes(format: str) -> None:
    if format == "AVIF" and format not in FORMATS:
        pytest.skip("this Pillow has no AVIF")
    suffix = suffix_of(encode(PHOTO, format)[:START])
    assert suffix is not None
    assert SUFFIXES[suffix] == format


@pytest.mark.parametrize(
    ("start", "suffix"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", ".heic"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", ".avif"),
        (b"\0\0\0\x20ftypisom\0\0\0\0", None),  # a film
        (b"BMW,AUDI,VW,SEAT\n", None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"\x89PNG", None),
        (b"BM", None),
        (b"", None),
    ],
)
def test_the_first_bytes_of_what_no_encoder_writes_here(start: bytes, suffix: str | None) -> None:
    assert suffix_of(start) == suffix

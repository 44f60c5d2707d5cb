"""The size that a file's head says is that of the decoded photo, whatever turns it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from PIL import Image, ImageFile

from backbones.photos.formats import FORMATS as DECODED
from backbones.photos.images import decode, upright_size, views, views_of_image
from backbones.photos.orientation import orientation
from tests.backbones.photos.samples import GREY, PHOTO, encode, exif_with

WIDE = PHOTO  # 48 x 32


def xmp(orientation: int) -> bytes:
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/></rdf:RDF></x:xmpmeta>'
        % orientation
    )


def png_with_late_exif() -> bytes:
    """EXIF behind the pixels, where the standard allows it, too."""
    data = encode(WIDE, "PNG", exif=exif_with(6))
    at = data.index(b"eXIf") - 4
    length = int.from_bytes(data[at : at + 4]) + 12
    chunk, end = data[at : at + length], data.index(b"IEND") - 4
    return data[:at] + data[at + length : end] + chunk + data[end:]


def multi_page_tiff() -> bytes:
    first, second = io.BytesIO(), WIDE.rotate(90, expand=True)
    WIDE.save(first, "TIFF", save_all=True, append_images=[second], tiffinfo={274: 8})
    return first.getvalue()


def tiff(**options: Any) -> bytes:
    return encode(WIDE, "TIFF", **options)


FORMATS = ["JPEG", "PNG", "WEBP", "TIFF", *(["AVIF"] if "AVIF" in DECODED else [])]

CASES = {
    **{
        f"{format} {turn}": encode(WIDE, format, exif=exif_with(turn))
        for format in FORMATS
        for turn in range(10)
    },
    **{
        f"TIFF {compression} {turn}": tiff(compression=compression, tiffinfo={274: turn})
        for compression in ("tiff_lzw", "tiff_deflate", "jpeg")
        for turn in (3, 6)
    },
    "JPEG, only XMP": encode(WIDE, "JPEG", xmp=xmp(6)),
    "WEBP, only XMP": encode(WIDE, "WEBP", xmp=xmp(8)),
    "TIFF, only XMP": tiff(tiffinfo={700: xmp(6)}),
    "TIFF, XMP and tag": tiff(tiffinfo={274: 1, 700: xmp(6)}),
    "JPEG, XMP and EXIF": encode(WIDE, "JPEG", xmp=xmp(6), exif=exif_with(3)),
    "JPEG, broken EXIF": encode(WIDE, "JPEG", exif=b"Exif\0\0junk"),
    "JPEG, EXIF cut short": encode(WIDE, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0"),
    "JPEG, orientation a word": encode(
        WIDE, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\2\0\0\0\2six\0\0\0\0\0"
    ),
    "JPEG, broken EXIF behind the orientation": encode(
        WIDE, "JPEG", exif=exif_with(6).tobytes()[:-4]
    ),
    "MPO": encode(
        WIDE, "MPO", save_all=True, append_images=[GREY.convert("RGB")], exif=exif_with(5)
    ),
    "PNG, late EXIF": png_with_late_exif(),
    "TIFF of two pages": multi_page_tiff(),
    "GIF of two frames": encode(WIDE, "GIF", save_all=True, append_images=[GREY]),
    "WEBP of two frames": encode(
        WIDE, "WEBP", save_all=True, append_images=[PHOTO.rotate(180)], exif=exif_with(7)
    ),
    "BMP": encode(WIDE, "BMP"),
}

#: Those that lie on their side.
TURNED = {
    *(f"{format} {turn}" for format in FORMATS for turn in (5, 6, 7, 8)),
    *(f"TIFF {one} 6" for one in ("tiff_lzw", "tiff_deflate", "jpeg")),
    "JPEG, only XMP",
    "WEBP, only XMP",
    "TIFF, only XMP",
    "MPO",
    "PNG, late EXIF",
    "TIFF of two pages",
    "WEBP of two frames",
}


@pytest.mark.parametrize("case", CASES)
def test_the_size_of_the_head_is_that_of_the_photo(case: str, tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(CASES[case])
    height, width = upright_size(tmp_path / "photo")
    assert decode(CASES[case], case).size == (width, height)
    if "broken" not in case:
        assert (height, width) == ((48, 32) if case in TURNED else (32, 48))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("case", CASES)
def test_a_file_and_the_opened_image_are_turned_alike(case: str) -> None:
    view: Any = ((30, 30), "squash")  # too large for a reduced decode
    with Image.open(io.BytesIO(CASES[case])) as image:
        opened = views_of_image(image, case, {view})[view]
        again = views_of_image(image, case, {view})[view]
    assert (opened == views(CASES[case], case, {view})[view]).all()
    assert (again == opened).all()


@pytest.mark.parametrize(
    ("data", "turned"),
    [
        (encode(WIDE, "PNG"), False),
        (encode(WIDE, "PNG", exif=exif_with(6)), True),
        (encode(WIDE, "PNG", exif=exif_with(6))[:150], True),
    ],
)
def test_the_size_of_a_png_is_read_without_its_pixels(
    data: bytes, turned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)

    def load(photo: Image.Image) -> None:
        raise AssertionError("the pixels are decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    assert upright_size(path) == ((48, 32) if turned else (32, 48))
    monkeypatch.undo()
    with Image.open(path) as opened:  # and it can still be decoded
        upright_size(path)
        assert orientation(opened) == (6 if turned else 1)
        if len(data) > 150:
            opened.load()


def test_a_png_says_how_it_lies_behind_its_pixels_as_text(tmp_path: Path) -> None:
    data = encode(WIDE, "PNG")
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(6)
    chunk = len(text).to_bytes(4) + b"iTXt" + text + crc32(b"iTXt" + text).to_bytes(4)
    end = data.index(b"IEND") - 4
    (tmp_path / "a.png").write_bytes(data[:end] + chunk + data[end:])
    assert upright_size(tmp_path / "a.png") == (48, 32)

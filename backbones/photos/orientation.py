"""Which way up a photo is: the one reading of its orientation, for its size and for its pixels."""

from __future__ import annotations

from contextlib import suppress
from os import SEEK_CUR
from typing import IO

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngImageFile

#: Left, top, right and bottom, pixels.
Box = tuple[int, int, int, int]

_ORIENTATION = ExifTags.Base.Orientation

#: Where the chunks of a PNG begin, and those that may hold an orientation.
_CHUNKS, _TELLING = 8, (b"eXIf", b"iTXt", b"tEXt", b"zTXt")

#: What makes a photo upright that is stored so (EXIF 2.32, 4.6.4).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn_upright(photo: Image.Image) -> Image.Image:
    """A photo that is loaded, as an image viewer shows it; itself, where it is upright."""
    return turn(photo, orientation(photo))


def turn(stored: Image.Image, orientation: int) -> Image.Image:
    """All or a part of a photo that is stored with this orientation, upright."""
    way = _TURNS.get(orientation)
    return stored if way is None else stored.transpose(way)


def stored_box(box: Box, orientation: int, size: tuple[int, int]) -> Box:
    """Where a box of an upright photo of this height and width lies in what is stored of it.

    >>> stored_box((0, 0, 10, 20), 6, (200, 100))
    (0, 90, 20, 100)
    """
    (left, top, right, bottom), (height, width) = box, size
    if orientation in (2, 3, 6, 7):
        left, right = width - right, width - left
    if orientation in (3, 4, 7, 8):
        top, bottom = height - bottom, height - top
    return (top, left, bottom, right) if orientation >= 5 else (left, top, right, bottom)


def size_when_upright(photo: Image.Image) -> tuple[int, int]:
    """Height and width as of ``turn_upright``, of a photo that is opened, loaded or not."""
    # Which of both Pillow gives as a TIFF's size before it is loaded depends on its version.
    tags, names = getattr(photo, "tag_v2", {}), ExifTags.Base
    stored = (tags[names.ImageWidth], tags[names.ImageLength]) if _ORIENTATION in tags else None
    width, height = stored or photo.size
    return (width, height) if orientation(photo) >= 5 else (height, width)


def orientation(photo: Image.Image) -> int:
    """1 to 8, from EXIF or else XMP; viewers show a photo with broken EXIF as it lies, which is 1.

    Of broken EXIF Pillow keeps what it could read and says so the first time only: the second
    answer is the one that does not depend on what was asked before.
    """
    with suppress(Exception):
        _exif(photo)
    with suppress(Exception):
        value = _exif(photo).get(_ORIENTATION, 1)
        return value if value in _TURNS else 1
    return 1


def _exif(photo: Image.Image) -> Image.Exif:
    """What Pillow's ``getexif`` gives, which decodes a PNG in case that EXIF lies behind it."""
    if isinstance(photo, PngImageFile) and photo.fp is not None and not _tells_later(photo.fp):
        return Image.Image.getexif(photo)
    return photo.getexif()


def _tells_later(png: IO[bytes]) -> bool:
    """Whether a chunk behind the pixels of an open file may hold EXIF or XMP."""
    here, behind = png.tell(), False
    try:
        png.seek(_CHUNKS)
        while len(start := png.read(8)) == 8:
            length, kind = int.from_bytes(start[:4]), start[4:]
            if behind and kind in _TELLING:
                return True
            behind |= kind == b"IDAT"
            png.seek(length + 4, SEEK_CUR)  # what it holds, and its checksum
    finally:
        png.seek(here)
    return False

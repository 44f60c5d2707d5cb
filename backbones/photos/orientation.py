"""Which way up a photo is: the one reading of its orientation, for its size and for its pixels."""

from __future__ import annotations

from contextlib import suppress

from PIL import ExifTags, Image

_ORIENTATION = ExifTags.Base.Orientation

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
    turn = _TURNS.get(orientation(photo))
    return photo if turn is None else photo.transpose(turn)


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
        photo.getexif()
    with suppress(Exception):
        value = photo.getexif().get(_ORIENTATION, 1)
        return value if value in _TURNS else 1
    return 1

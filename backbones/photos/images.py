"""Decoding of photos to 8-bit RGB pixels, and resizing to the input size of a network."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError

from backbones.errors import InputError, UnreachableError
from backbones.photos.colours import tiff_tags, to_rgb
from backbones.photos.formats import FORMATS, way_on
from backbones.photos.framing import Wanted, resize, resize_rows
from backbones.photos.orientation import orientation, size_when_upright, turn_upright
from backbones.photos.parts import Parts, open_parts
from backbones.photos.tiles import Band, Tiling
from backbones.remote.photo import Photo, RemotePhoto

#: Guards the warning filters: they belong to the process, and photos are decoded in threads.
_FILTERS = threading.Lock()

#: An image that is opened but not loaded must not be loaded by two threads at once.
_LOADING = threading.Lock()

#: A TIFF's samples below 0 as well, which Pillow takes for others.
_SIGNED = 2


def views(
    data: bytes, name: str, wanted: Collection[Wanted]
) -> dict[Wanted, npt.NDArray[np.uint8]]:
    """Decode a photo and resize it to each view, uint8 (height, width, 3).

    The photo is decoded once for each value of `reduction_for`, so that a view does not depend on
    which other views are asked for; a large one in part, where it can be. Of one that is decoded
    whole, all rows are given where a band is asked for.
    """
    by_reduction: dict[int, list[Wanted]] = {}
    for view in wanted:
        size, framing = view
        seen = framing.photo if isinstance(framing, Band) else size
        by_reduction.setdefault(reduction_for(data, seen), []).append(view)
    found: dict[Wanted, npt.NDArray[np.uint8]] = {}
    for reduction, group in by_reduction.items():
        if reduction == 1:
            found |= _in_part(data, group)
        if left := [view for view in group if view not in found]:
            photo = decode(data, name, reduction)
            found |= {view: _see(photo, view) for view in left}
    return found


def views_of_image(
    image: Image.Image, name: str, wanted: Collection[Wanted]
) -> dict[Wanted, npt.NDArray[np.uint8]]:
    """Each view of a photo that was opened before; the image itself stays as it is.

    Raises
    ------
    InputError
        Its file is damaged, cut short or of a format whose decoder may start programs, or its
        pixels are of 32-bit numbers.
    """
    if image.format not in (None, "MPO", *FORMATS):
        raise InputError(
            f"{name}: its format is {image.format}, not one of {', '.join(FORMATS)}; convert it"
        )
    with _named_errors(name):
        with _LOADING:
            image.load()
            photo, tags = turn_upright(image), tiff_tags(image)
            photo = image.copy() if photo is image else photo
        _refuse_deep(photo, name)
        rgb = to_rgb(photo, tags)
    return {view: _see(rgb, view) for view in wanted}


def reduction_for(data: bytes, size: tuple[int, int]) -> int:
    """Return the factor by which a JPEG's sides are reduced while decoding, for a (height, width).

    The factor is 1, 2, 4 or 8; it divides both sides without remainder and leaves them at least
    twice as long as the longer side of the view. With 12 megapixels that takes a third of the time.
    A view then differs from that of a full decode by less than one of 255 levels on average, as if
    the photo were saved once more.
    """
    with suppress(Exception):  # decode reports what is wrong with the file
        photo = _open_header(io.BytesIO(data))
        if photo.format in ("JPEG", "MPO"):
            sides, least = photo.size, 2 * max(size)
            factors = (n for n in (8, 4, 2) if all(s % n == 0 and s // n >= least for s in sides))
            return next(factors, 1)
    return 1


def decode(data: bytes, name: str, reduction: int = 1) -> Image.Image:
    """Decode the first frame of a photo to upright 8-bit RGB, as an image viewer shows it.

    The EXIF orientation is applied, an embedded colour profile is converted to sRGB, transparent
    parts are composited on white, and 16-bit greys are scaled, not clipped. `name` is used in
    messages; the sides of a JPEG are divided by `reduction`: see `reduction_for`.

    Raises
    ------
    InputError
        The format is unknown, or the photo is damaged, truncated, too large or of 32-bit pixels.
    """
    with _named_errors(name):
        try:
            return _upright_rgb(_open(data, reduction), name)
        except UnidentifiedImageError:
            start = f"its {len(data):,} bytes start with {data[:12]!r}" if data else "it is empty"
            expected = f"not a whole photo of {', '.join(FORMATS)}"
            remedy = way_on(name, data) or "convert it, or copy it again"
            raise InputError(f"{name}: {expected}: {start}; {remedy}") from None


def _in_part(data: bytes, wanted: Collection[Wanted]) -> dict[Wanted, npt.NDArray[np.uint8]]:
    """What can be seen of a large photo that is decoded in part; decode tells what is wrong."""
    found: dict[Wanted, npt.NDArray[np.uint8]] = {}
    parts = _open_parts(data)
    with suppress(OSError):
        for size, framing in wanted:
            band = Band(size, 0) if framing == "squash" else framing
            if parts is not None and isinstance(band, Band):
                found[size, framing] = resize_rows(parts, band, size[0])
    return found


def _open_parts(data: bytes) -> Parts | None:
    with suppress(Exception):
        return open_parts(data, _open_header(io.BytesIO(data)))
    return None


def _see(photo: Image.Image, wanted: Wanted) -> npt.NDArray[np.uint8]:
    size, framing = wanted
    if isinstance(framing, Band):
        return resize_rows(photo, Band(framing.photo, 0), framing.photo[0])
    if isinstance(framing, Tiling):
        raise TypeError("a photo in tiles is seen band by band")
    return resize(photo, size, framing)


def upright_size(photo: Photo | io.BytesIO) -> tuple[int, int]:
    """Read the height and width of a photo, after its EXIF orientation, from its file header.

    Raises
    ------
    InputError
        The file is not a photo of a known format.
    """
    try:
        with _open_header(_as_file(photo)) as image:
            return size_when_upright(image)
    except UnreachableError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(photo, error) from None
    except Exception as error:  # as in decode
        raise InputError(f"{photo}: its size cannot be read ({error}); copy it again") from None


def _as_file(photo: Photo | io.BytesIO) -> Path | io.BytesIO:
    return io.BytesIO(photo.read_bytes()) if isinstance(photo, RemotePhoto) else photo


def turn_places(
    places: npt.NDArray[np.float64], file: Photo, size: tuple[int, int]
) -> npt.NDArray[np.float64]:
    """Move points (n, 2), x and y in pixels of a photo as it is stored, to where it is upright.

    `size` is its height and width when upright; photos that lie on their side are turned only.
    """
    height, width = size
    x, y = places.T
    with _open_header(_as_file(file)) as photo:
        turn = orientation(photo)
    turned = {5: (y, x), 6: (width - y, x), 7: (width - y, height - x), 8: (y, height - x)}
    return np.column_stack(turned.get(turn, (x, y)))


@contextmanager
def _named_errors(name: str) -> Iterator[None]:
    """Errors of decoders as an ``InputError`` with the photo's name."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(name, error) from None
    except Exception as error:  # decoders raise many kinds for what a damaged file may hold
        if "MAX_TEXT" in str(error):  # Pillow's limits of texts and profiles that unfold
            raise InputError(
                f"{name}: too large to open safely ({error}); save it without its texts"
            ) from None
        raise InputError(f"{name}: damaged or cut short ({error}); copy it again") from None


def _too_large(name: object, error: Image.DecompressionBombError) -> InputError:
    return InputError(f"{name}: too large to open safely ({error}); make it smaller")


def _upright_rgb(photo: Image.Image, name: str) -> Image.Image:
    _refuse_deep(photo, name)
    return to_rgb(turn_upright(photo), tiff_tags(photo))


def _refuse_deep(photo: Image.Image, name: str) -> None:
    signed = _SIGNED in np.atleast_1d(tiff_tags(photo).get(ExifTags.Base.SampleFormat, ()))
    if photo.mode in ("I", "F") or signed:
        kind = "floats" if photo.mode == "F" else "32-bit or signed integers"
        raise InputError(f"{name}: its pixels are {kind}; convert it to 8 or 16 bits, unsigned")


def _open_header(file: Path | io.BytesIO) -> Image.Image:
    with _without_warnings():
        return Image.open(file, formats=FORMATS)


@contextmanager
def _without_warnings() -> Iterator[None]:
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _open(data: bytes, reduction: int) -> Image.Image:
    photo = _open_header(io.BytesIO(data))
    large = photo.width * photo.height > (Image.MAX_IMAGE_PIXELS or np.inf)
    if reduction > 1:
        photo.draft(None, (photo.width // reduction, photo.height // reduction))
    if large:
        with _without_warnings():  # one at a time, which saves memory
            photo.load()
    photo.load()
    return photo

"""Decoding of photos to 8-bit RGB pixels, and resizing to the input size of a network."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from backbones.errors import InputError, UnreachableError
from backbones.photos.colours import tiff_tags, to_rgb
from backbones.photos.formats import FORMATS, way_on
from backbones.photos.orientation import orientation, size_when_upright, turn_upright
from backbones.photos.tiles import Tiling
from backbones.remote.photo import Photo, RemotePhoto

#: Guards the warning filters: they belong to the process, and photos are decoded in threads.
_FILTERS = threading.Lock()

#: An image that is opened but not loaded must not be loaded by two threads at once.
_LOADING = threading.Lock()

#: What is behind the ends of a photo.
GREY = 128

#: A TIFF's samples below 0 as well, which Pillow takes for others.
_SIGNED = 2

#: Rows of pixels that are copied together.
_STRIP = 512

Resize = Literal["squash", "letterbox", "crop"]

#: How a photo is resized, or cut into tiles.
Framing = Resize | Tiling

#: The (height, width) of a network's input, and how a photo comes to it.
View = tuple[tuple[int, int], Framing]


def views(data: bytes, name: str, wanted: Collection[View]) -> dict[View, npt.NDArray[np.uint8]]:
    """Decode a photo and resize it to each view, uint8 (height, width, 3).

    What is seen in tiles is returned whole, in the size of ``Layout.photo``.

    The photo is decoded once for each value of `reduction_for`, so that a view does not depend on
    which other views are asked for.
    """
    whole = {view: _whole_of(data, view) for view in wanted}
    by_reduction: dict[int, list[View]] = {}
    for view, (size, _) in whole.items():
        by_reduction.setdefault(reduction_for(data, size), []).append(view)
    return {
        view: resize(photo, *whole[view])
        for reduction, group in by_reduction.items()
        for photo in [decode(data, name, reduction)]
        for view in group
    }


def views_of_image(
    image: Image.Image, name: str, wanted: Collection[View]
) -> dict[View, npt.NDArray[np.uint8]]:
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
    return {view: resize(rgb, *_whole(view, (rgb.height, rgb.width))) for view in wanted}


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


def _whole(view: View, photo: tuple[int, int]) -> tuple[tuple[int, int], Resize]:
    """How a whole photo of this height and width is resized: what is cut is brought to scale."""
    size, framing = view
    if isinstance(framing, Tiling):
        return framing.layout(photo, size).photo, "squash"
    return size, framing


def _whole_of(data: bytes, view: View) -> tuple[tuple[int, int], Resize]:
    photo = (1, 1)
    if isinstance(view[1], Tiling):
        with suppress(InputError):  # decode reports what is wrong with the file
            photo = upright_size(io.BytesIO(data))
    return _whole(view, photo)


def resize(image: Image.Image, size: tuple[int, int], mode: Resize) -> npt.NDArray[np.uint8]:
    """Resize an RGB photo to uint8 (height, width, 3), bilinearly with antialiasing.

    ``squash`` ignores the aspect ratio; ``crop`` keeps it and crops both ends evenly;
    ``letterbox`` keeps it and pads both ends evenly with mid-grey, which the preprocessing of
    every network family maps close to 0, the value of zero padding within the networks.

    >>> resize(Image.new("RGB", (40, 20), "red"), (6, 6), "letterbox")[:, 0, 0].tolist()
    [128, 128, 255, 255, 255, 128]
    """
    target, bilinear = size[::-1], Image.Resampling.BILINEAR
    if mode == "letterbox":
        return np.asarray(ImageOps.pad(image, target, bilinear, color=(GREY,) * 3))
    if mode == "crop":
        return np.asarray(ImageOps.fit(image, target, bilinear))
    return _pixels(image if image.size == target else image.resize(target, bilinear))


def _pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    """The pixels of an RGB image, strip by strip: Pillow would copy all of them twice at once."""
    if image.height <= _STRIP:
        return np.asarray(image)
    found = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for top in range(0, image.height, _STRIP):
        end = min(top + _STRIP, image.height)
        found[top:end] = np.asarray(image.crop((0, top, image.width, end)))
    return found


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


def boxes_in_frame(
    boxes: npt.NDArray[np.float64],
    photo: tuple[int, int],
    size: tuple[int, int],
    mode: Framing,
) -> npt.NDArray[np.float64]:
    """Convert boxes from fractions of a photo to fractions of the output of `resize`.

    Boxes (n, 4) are xmin, ymin, xmax, ymax; `photo` and `size` are height and width in pixels. Of
    what is seen in tiles, they become fractions of the canvas.

    >>> box = np.array([[0.0, 0.0, 0.5, 1.0]])
    >>> boxes_in_frame(box, (100, 100), (100, 200), "letterbox").tolist()
    [[0.25, 0.0, 0.5, 1.0]]
    """
    if mode == "squash":
        return boxes
    if isinstance(mode, Tiling):
        layout = mode.layout(photo, size)
        whole = np.divide(layout.photo[::-1], layout.canvas[::-1])  # as fractions of the canvas
        on_canvas: npt.NDArray[np.float64] = boxes * np.tile(whole, 2)
        return on_canvas
    fill = max if mode == "crop" else min
    ratios = np.array([size[1] / photo[1], size[0] / photo[0]])
    share = fill(ratios) / ratios  # width and height of the whole photo, as fractions of the frame
    inside: npt.NDArray[np.float64] = boxes * np.tile(share, 2) + np.tile((1 - share) / 2, 2)
    return inside


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

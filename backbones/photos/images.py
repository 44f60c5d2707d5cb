"""A photo's bytes to pixels, as a viewer shows them."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from backbones.errors import InputError

#: No other decoder of Pillow ever sees a file: some of them start programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")

#: Filters of warnings belong to the whole process, and photos are decoded in threads.
_FILTERS = threading.Lock()

Resize = Literal["squash", "letterbox", "crop"]

#: The (height, width) that a network takes, and how a photo comes to it.
View = tuple[tuple[int, int], Resize]


def views(data: bytes, name: str, wanted: Collection[View]) -> dict[View, npt.NDArray[np.uint8]]:
    """The photo in each view, uint8 (height, width, 3), from one decode: see `decode`, `resize`.

    What a view shows hangs on no other: only where views of a large JPEG lie so far apart that
    `reduction_for` them differs is it decoded once for each of its values.
    """
    by_reduction: dict[int, list[View]] = {}
    for view in wanted:
        by_reduction.setdefault(reduction_for(data, view[0]), []).append(view)
    return {
        view: resize(photo, *view)
        for reduction, some in by_reduction.items()
        for photo in [decode(data, name, reduction)]
        for view in some
    }


def views_of_image(
    image: Image.Image, name: str, wanted: Collection[View]
) -> dict[View, npt.NDArray[np.uint8]]:
    """Each view of a photo that was opened before; the image itself stays as it is.

    Raises
    ------
    InputError
        Its file is damaged or cut short, or its pixels are of 32-bit numbers.
    """
    with _named_errors(name):
        image.load()
        photo = _upright_rgb(image.copy(), name)
    return {view: resize(photo, *view) for view in wanted}


def reduction_for(data: bytes, size: tuple[int, int]) -> int:
    """What the sides of a JPEG may be divided by as it is decoded, for a (height, width).

    1, 2, 4 or 8, such that both divide without rest and end at no less than twice the longer side
    of the view. With 12 megapixels that takes a third of the time. A view then differs from that of
    a full decode by less than a level of 255 on average, as if the photo were saved once more.
    """
    with suppress(Exception):  # what is wrong with the file, decode says
        photo = _open_header(data)
        if photo.format in ("JPEG", "MPO"):
            sides, least = photo.size, 2 * max(size)
            fits = (n for n in (8, 4, 2) if all(s % n == 0 and s // n >= least for s in sides))
            return next(fits, 1)
    return 1


def decode(data: bytes, name: str, reduction: int = 1) -> Image.Image:
    """The photo as a viewer shows it: RGB of 8 bits, upright, the first frame.

    The orientation of EXIF is applied, colours of an embedded profile become sRGB, transparent
    parts lie on white, and 16-bit greys are scaled, not clipped. `name` is for messages; a JPEG
    comes with its sides divided by `reduction`: see `reduction_for`.

    Raises
    ------
    InputError
        Not a photo of a known format, damaged, cut short, too large, or of 32-bit numbers.
    """
    with _named_errors(name):
        try:
            return _upright_rgb(_open(data, reduction), name)
        except UnidentifiedImageError:
            start = f"its {len(data):,} bytes start with {data[:12]!r}" if data else "it is empty"
            expected = f"not a whole photo of {', '.join(_FORMATS)}"
            raise InputError(f"{name}: {expected}: {start}; convert it, or copy it again") from None


def resize(image: Image.Image, size: tuple[int, int], mode: Resize) -> npt.NDArray[np.uint8]:
    """An RGB photo at (height, width) as uint8 (height, width, 3), bilinear with antialiasing.

    ``squash`` ignores the aspect ratio; ``crop`` keeps it and cuts off evenly what stands out;
    ``letterbox`` keeps it and pads evenly with mid-grey, which every family's preprocessing maps
    near to 0, the value that the networks pad with themselves.

    >>> resize(Image.new("RGB", (40, 20), "red"), (6, 6), "letterbox")[:, 0, 0].tolist()
    [128, 128, 255, 255, 255, 128]
    """
    wanted, bilinear = size[::-1], Image.Resampling.BILINEAR
    if mode == "letterbox":
        return np.asarray(ImageOps.pad(image, wanted, bilinear, color=(128, 128, 128)))
    if mode == "crop":
        return np.asarray(ImageOps.fit(image, wanted, bilinear))
    return np.asarray(image.resize(wanted, bilinear))


def upright_size(path: Path) -> tuple[int, int]:
    """Height and width of a photo as a viewer shows it, from the head of its file.

    Raises
    ------
    InputError
        Not a photo of a known format.
    """
    try:
        with _FILTERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            photo = Image.open(path, formats=_FORMATS)
        with photo:
            width, height = photo.size
            turned = photo.getexif().get(ExifTags.Base.Orientation, 1) >= 5
    except Exception as error:  # as in decode
        raise InputError(f"{path}: its size cannot be read ({error}); copy it again") from None
    return (width, height) if turned else (height, width)


def boxes_in_frame(
    boxes: npt.NDArray[np.float64], photo: tuple[int, int], size: tuple[int, int], mode: Resize
) -> npt.NDArray[np.float64]:
    """Boxes in fractions of the photo, as fractions of what `resize` makes of it.

    Boxes (n, 4) are xmin, ymin, xmax, ymax; `photo` and `size` are height and width in pixels.

    >>> box = np.array([[0.0, 0.0, 0.5, 1.0]])
    >>> boxes_in_frame(box, (100, 100), (100, 200), "letterbox").tolist()
    [[0.25, 0.0, 0.5, 1.0]]
    """
    if mode == "squash":
        return boxes
    fill = max if mode == "crop" else min
    ratios = np.array([size[1] / photo[1], size[0] / photo[0]])
    share = fill(ratios) / ratios  # of the frame that the whole photo takes up, across and down
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
        raise InputError(f"{name}: too large to open safely ({error}); make it smaller") from None
    except Exception as error:  # decoders raise many kinds for what a damaged file may hold
        raise InputError(f"{name}: damaged or cut short ({error}); copy it again") from None


def _upright_rgb(photo: Image.Image, name: str) -> Image.Image:
    if photo.mode in ("I", "F"):
        kind = "floats" if photo.mode == "F" else "32-bit or signed integers"
        raise InputError(f"{name}: its pixels are {kind}; convert it to 8 or 16 bits, unsigned")
    with suppress(Exception):  # viewers show a photo with broken EXIF as it lies
        ImageOps.exif_transpose(photo, in_place=True)
    return _to_rgb(photo)


def _open_header(data: bytes) -> Image.Image:
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(data), formats=_FORMATS)


def _open(data: bytes, reduction: int) -> Image.Image:
    photo = _open_header(data)
    large = photo.width * photo.height > (Image.MAX_IMAGE_PIXELS or np.inf)
    if reduction > 1:
        photo.draft(None, (photo.width // reduction, photo.height // reduction))
    if large:
        with _FILTERS, warnings.catch_warnings():  # warns again; one at a time is kind to memory
            warnings.simplefilter("ignore")
            photo.load()
    photo.load()
    return photo


def _to_rgb(photo: Image.Image) -> Image.Image:
    profile = photo.info.get("icc_profile")
    if photo.mode.startswith("I;16"):
        photo = _to_eight_bits(photo)
    alpha = photo.convert("RGBA").getchannel("A") if photo.has_transparency_data else None
    if alpha is not None:
        photo = photo.getchannel("L") if photo.mode == "LA" else photo.convert("RGBA")
    space, to_srgb = _to_srgb(profile) if profile else ("", None)
    if to_srgb is not None and (space == photo.mode or (space == "RGB" and photo.mode != "CMYK")):
        photo = to_srgb.apply(photo.convert(space))
    photo = photo if photo.mode == "RGB" else photo.convert("RGB")
    if alpha is not None:
        photo = Image.composite(photo, Image.new("RGB", photo.size, "white"), alpha)
    return photo


def _to_eight_bits(photo: Image.Image) -> Image.Image:
    """Grey of 12 or 16 bits; Pillow leaves a TIFF whose 0 is white as it lies."""
    tags: Mapping[int, Any] = getattr(photo, "tag_v2", {})
    deep, bits = np.asarray(photo), tags.get(ExifTags.Base.BitsPerSample, (16,))[0]
    grey = np.round(deep * np.float32(255 / (2**bits - 1))).astype(np.uint8)
    if tags.get(ExifTags.Base.PhotometricInterpretation) == 0:
        grey = 255 - grey
    grey[deep == photo.info.get("transparency", -1)] = 255
    return Image.fromarray(grey)


@lru_cache(maxsize=8)
def _to_srgb(profile: bytes) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """The mode that a profile is for, and its way to sRGB; None where it is sRGB, or broken."""
    with suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = {"GRAY": "L", "CMYK": "CMYK"}.get(source.profile.xcolor_space.strip(), "RGB")
        srgb = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, srgb, space, "RGB")
        some = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        moved = transform.apply(Image.fromarray(some).convert(space))
        same = np.allclose(np.asarray(moved), some, rtol=0, atol=2)
        return space, None if same else transform
    return "", None

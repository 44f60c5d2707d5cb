"""A photo's bytes to pixels, as a viewer shows them; and photos in a folder, by name."""

from __future__ import annotations

import difflib
import io
import os
import threading
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from backbones.errors import InputError, first_ten

#: What a folder of photos is searched for.
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})

#: No other decoder of Pillow ever sees a file: some of them start programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")

#: Filters of warnings belong to the whole process, and photos are decoded in threads.
_FILTERS = threading.Lock()

Resize = Literal["squash", "letterbox", "crop"]


def decode(data: bytes, name: str) -> Image.Image:
    """The photo as a viewer shows it: RGB of 8 bits, upright, the first frame.

    The orientation of EXIF is applied, colours of an embedded profile become sRGB, transparent
    parts lie on white, and 16-bit greys are scaled, not clipped. `name` is for messages.

    Raises
    ------
    InputError
        Not a photo of a known format, damaged, cut short, too large, or of 32-bit numbers.
    """
    try:
        photo = _open(data)
        if photo.mode not in ("I", "F"):
            with suppress(Exception):  # viewers show a photo with broken EXIF as it lies
                ImageOps.exif_transpose(photo, in_place=True)
            return _rgb(photo)
    except UnidentifiedImageError:
        start = f"its {len(data):,} bytes start with {data[:12]!r}" if data else "it is empty"
        expected = f"not a whole photo of {', '.join(_FORMATS)}"
        raise InputError(f"{name}: {expected}: {start}; convert it, or copy it again") from None
    except Image.DecompressionBombError as error:
        raise InputError(f"{name}: too large to open safely ({error}); make it smaller") from None
    except MemoryError:
        raise
    except Exception as error:  # decoders raise many kinds for what a damaged file may hold
        raise InputError(f"{name}: damaged or cut short ({error}); copy it again") from None
    kind = "floats" if photo.mode == "F" else "32-bit or signed integers"
    raise InputError(f"{name}: its pixels are {kind}; convert it to 8 or 16 bits, unsigned")


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


def placed(
    boxes: npt.NDArray[np.float64], photo: tuple[int, int], size: tuple[int, int], mode: Resize
) -> npt.NDArray[np.float64]:
    """Boxes in fractions of the photo, as fractions of what `resize` makes of it.

    Boxes (n, 4) are xmin, ymin, xmax, ymax; `photo` and `size` are height and width in pixels.

    >>> placed(np.array([[0.0, 0.0, 0.5, 1.0]]), (100, 100), (100, 200), "letterbox").tolist()
    [[0.25, 0.0, 0.5, 1.0]]
    """
    if mode == "squash":
        return boxes
    fill = max if mode == "crop" else min
    ratios = np.array([size[1] / photo[1], size[0] / photo[0]])
    share = fill(ratios) / ratios  # of the frame that the whole photo takes up, across and down
    inside: npt.NDArray[np.float64] = boxes * np.tile(share, 2) + np.tile((1 - share) / 2, 2)
    return inside


def photos_in(folder: Path) -> list[str]:
    """Names of all photos in a folder and its sub-folders, with slashes, sorted.

    Raises
    ------
    InputError
        There is no such folder, or no photo in it.
    """
    found = _search(folder)
    if not found:
        raise InputError(f"{folder} holds no photos ({', '.join(sorted(SUFFIXES))})")
    return found


def locate(folder: Path, names: Sequence[str]) -> list[Path]:
    """The file of each photo in `folder`, in the order of `names`.

    A name may have sub-folders; letters with accents are found however they are composed.

    Raises
    ------
    InputError
        No such folder; or, all at once, names that lead out of it and photos that are not there.
    """
    root = os.path.realpath(folder)
    paths = {str(name): _find(folder, name) for name in names}
    outside = {name for name, path in paths.items() if _leads_out(root, name, path)}
    absent = [name for name, path in paths.items() if path is None and name not in outside]
    if outside or absent:
        known = _search(folder)
        mistakes = [f"{name!r} leads out of the folder" for name in sorted(outside)]
        mistakes += [f"{name!r} is not there{_nearest(name, known)}" for name in absent[:10]]
        mistakes += absent[10:]
        count = f"{len(mistakes)} of {len(paths)}"
        raise InputError(f"{folder}: {count} photos are not in it:", first_ten(mistakes))
    return [path for name in names if (path := paths[name]) is not None]


def _open(data: bytes) -> Image.Image:
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        photo = Image.open(io.BytesIO(data), formats=_FORMATS)
        if photo.width * photo.height > (Image.MAX_IMAGE_PIXELS or np.inf):
            photo.load()  # warns again; one at a time is also kinder to memory
    photo.load()
    return photo


def _rgb(photo: Image.Image) -> Image.Image:
    profile = photo.info.get("icc_profile")
    if photo.mode.startswith("I;16"):
        photo = _eight_bits(photo)
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


def _eight_bits(photo: Image.Image) -> Image.Image:
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


def _search(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    )


def _find(folder: Path, name: str) -> Path | None:
    for form in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
        if os.path.isfile(path := folder / form):
            return path
    return None


def _leads_out(root: str, name: str, path: Path | None) -> bool:
    away = Path(name).anchor != "" or ".." in Path(name).parts
    return away or (path is not None and not Path(os.path.realpath(path)).is_relative_to(root))


def _nearest(name: str, known: Sequence[str]) -> str:
    close = [one for one in known if Path(one).name == Path(name).name][:2]
    if not close and len(known) <= 20_000:  # where it takes half a second a name
        close = difflib.get_close_matches(name, known, n=2)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""

"""Small pictures of photos, as they stand in a page."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image

from backbones.errors import InputError, UnreachableError
from backbones.files import read_file
from backbones.parallel import map_in_order
from backbones.photos import images
from backbones.photos.lookup import find_photos
from backbones.remote.photo import Photo
from ensemble.config.config import Config
from ensemble.photos.foreign import is_ours

_LOG = logging.getLogger("ensemble")

#: Most pixels of a side, twice what a page shows, for sharp screens; some 6 kB each.
_SIDE = 320

_QUALITY = 60

#: Photos of an item that are shown, and the grey between them.
_TILES, _BETWEEN = 4, (128, 128, 128)


@dataclass(frozen=True)
class Thumbnail:
    """A picture in a page."""

    source: str  #: a data URI
    width: int
    height: int


def thumbnails(photos: Mapping[str, Photo | Sequence[Photo]]) -> dict[str, Thumbnail]:
    """Pictures of photos by their names; of those that cannot be read there is none.

    The first four photos of an item make one picture.
    """
    made: dict[str, Thumbnail] = {}
    try:
        for name, one in zip(photos, map_in_order(_try_to_make, photos.values()), strict=True):
            if one is not None:
                made[name] = one
    except UnreachableError as error:
        _LOG.warning("%s; pictures are left out of the page", error)
    return made


def find_thumbnails(
    config: Config, names: Sequence[str], items: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> dict[str, Thumbnail]:
    """Pictures of the photos of a config by their names; of those that are gone there is none.

    `items` has the names of the photos of each item, by the names of these.
    """
    photos = {name: items.get(name, (name,))[:_TILES] for name in names}
    asked = [one for several in photos.values() for one in several]
    try:
        folder = config.data.photos_folder(config.cache)
        found = find_photos(folder, asked, is_ours).paths if folder.is_dir() else {}
    except InputError as error:
        _LOG.warning("%s; pictures are left out of the page", error)
        return {}
    at_hand = {
        name: [found[one] for one in several if one in found] for name, several in photos.items()
    }
    return thumbnails({name: several for name, several in at_hand.items() if several})


def data_uri(content: bytes, kind: str) -> str:
    """A picture as part of a page; `kind` is as ``image/png``."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _try_to_make(given: Photo | Sequence[Photo]) -> Thumbnail | None:
    paths = list(given[:_TILES]) if isinstance(given, Sequence) else [given]
    side = _SIDE if len(paths) == 1 else _SIDE // 2
    shown = [one for path in paths if (one := _try_to_read(path, side)) is not None]
    return _picture(shown[0] if len(paths) == 1 else _tile(shown)) if shown else None


def _try_to_read(path: Photo, side: int) -> Image.Image | None:
    try:
        return _read(path, side)
    except UnreachableError:  # nor are the others to be had
        raise
    except InputError:
        return None


def _read(path: Photo, side: int) -> Image.Image:
    data = read_file(path)
    photo = images.decode(data, str(path), images.reduction_for(data, (side, side)))
    photo.thumbnail((side, side))
    return photo.convert("RGB")


def _tile(photos: Sequence[Image.Image]) -> Image.Image:
    """Photos two by two, each in the middle of its half of a row."""
    side, pairs = _SIDE // 2, [photos[start : start + 2] for start in range(0, len(photos), 2)]
    heights = [max(photo.height for photo in pair) for pair in pairs]
    tiles, top = Image.new("RGB", (_SIDE, sum(heights)), _BETWEEN), 0
    for pair, height in zip(pairs, heights, strict=True):
        for column, photo in enumerate(pair):
            left = column * side + (side - photo.width) // 2
            tiles.paste(photo, (left, top + (height - photo.height) // 2))
        top += height
    return tiles


def _picture(photo: Image.Image) -> Thumbnail:
    content = io.BytesIO()
    photo.save(content, "WEBP", quality=_QUALITY)
    return Thumbnail(data_uri(content.getvalue(), "image/webp"), *photo.size)

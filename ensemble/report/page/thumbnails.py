"""Small pictures of photos, as they stand in a page."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Thumbnail:
    """A picture in a page."""

    source: str  #: a data URI
    width: int
    height: int


def thumbnails(photos: Mapping[str, Photo]) -> dict[str, Thumbnail]:
    """Pictures of photos by their names; of those that cannot be read there is none."""
    made: dict[str, Thumbnail] = {}
    try:
        for name, one in zip(photos, map_in_order(_try_to_make, photos.values()), strict=True):
            if one is not None:
                made[name] = one
    except UnreachableError as error:
        _LOG.warning("%s; pictures are left out of the page", error)
    return made


def find_thumbnails(config: Config, names: Sequence[str]) -> dict[str, Thumbnail]:
    """Pictures of the photos of a config by their names; of those that are gone there is none."""
    try:
        folder = config.data.photos_folder(config.cache)
        found = find_photos(folder, names, is_ours).paths if folder.is_dir() else {}
    except InputError as error:
        _LOG.warning("%s; pictures are left out of the page", error)
        return {}
    return thumbnails(found)


def data_uri(content: bytes, kind: str) -> str:
    """A picture as part of a page; `kind` is as ``image/png``."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _try_to_make(path: Photo) -> Thumbnail | None:
    try:
        return _make(path)
    except UnreachableError:  # nor are the others to be had
        raise
    except InputError:
        return None


def _make(path: Photo) -> Thumbnail:
    data = read_file(path)
    photo = images.decode(data, str(path), images.reduction_for(data, (_SIDE, _SIDE)))
    photo.thumbnail((_SIDE, _SIDE))
    content = io.BytesIO()
    photo.convert("RGB").save(content, "WEBP", quality=_QUALITY)
    return Thumbnail(data_uri(content.getvalue(), "image/webp"), *photo.size)

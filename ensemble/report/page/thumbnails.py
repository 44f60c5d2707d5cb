"""Small pictures of photos, as they stand in a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backbones.errors import InputError
from backbones.files import read_file
from backbones.parallel import map_in_order
from backbones.photos import images
from backbones.photos.lookup import find_photos
from ensemble.config.data import Data
from ensemble.photos.foreign import is_ours

#: Most pixels of a side, twice what a page shows, for sharp screens; some 6 kB each.
_SIDE = 320

_QUALITY = 60


@dataclass(frozen=True)
class Thumbnail:
    """A picture in a page."""

    source: str  #: a data URI
    width: int
    height: int


def thumbnails(photos: Mapping[str, Path]) -> dict[str, Thumbnail]:
    """Pictures of photos by their names; of those that cannot be read there is none."""
    made = zip(photos, map_in_order(_try_to_make, photos.values()), strict=True)
    return {name: one for name, one in made if one is not None}


def find_thumbnails(data: Data, names: Sequence[str]) -> dict[str, Thumbnail]:
    """Pictures of the photos of a config by their names; of those that are gone there is none."""
    folder = data.path(data.images)
    return thumbnails(find_photos(folder, names, is_ours).paths) if folder.is_dir() else {}


def data_uri(content: bytes, kind: str) -> str:
    """A picture as part of a page; `kind` is as ``image/png``."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _try_to_make(path: Path) -> Thumbnail | None:
    try:
        return _make(path)
    except InputError:
        return None


def _make(path: Path) -> Thumbnail:
    data = read_file(path)
    photo = images.decode(data, str(path), images.reduction_for(data, (_SIDE, _SIDE)))
    photo.thumbnail((_SIDE, _SIDE))
    content = io.BytesIO()
    photo.convert("RGB").save(content, "WEBP", quality=_QUALITY)
    return Thumbnail(data_uri(content.getvalue(), "image/webp"), *photo.size)

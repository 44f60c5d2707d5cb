"""The photos to predict."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from backbones.engines import Photos
from backbones.errors import InputError, first_ten
from backbones.features.cuts import Load, Mistakes
from backbones.features.extract import ChangedPhotoError
from backbones.files import read_file
from backbones.photos.folder import list_photos
from backbones.photos.formats import SUFFIXES
from backbones.photos.framing import Wanted
from backbones.photos.images import views, views_of_image
from backbones.photos.named import names_in
from backbones.photos.orientation import size_when_upright
from backbones.photos.sizes import Size, photo_sizes
from backbones.plural import count
from backbones.remote.folder import Folder, find_urls, open_folder, open_url
from backbones.remote.photo import Photo
from backbones.remote.url import Url, is_url
from ensemble.config.table_format import COMMAS, TableFormat
from ensemble.photos import table
from ensemble.photos.cells import Cells
from ensemble.photos.foreign import is_ours
from ensemble.photos.items import Items
from ensemble.photos.names import find_named, refuse_unwritable
from ensemble.photos.rejected import Rejected, mark_lost, reject

Strings = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class NewPhotos:
    """Photos to predict, in the order they were given in.

    Of items, names and targets are theirs, in the order of their first photos.
    """

    names: Strings
    photos: tuple[Photo | Image.Image, ...]  #: files, or images in memory
    target: Numbers | None = None  #: where their table has it
    cells: Cells | None = None  #: the columns beside them that heads take
    items: Items | None = None  #: which photos show which, where several photos are of one thing

    def __len__(self) -> int:
        return len(self.names)

    @property
    def noun(self) -> str:
        """What a name is of."""
        return "photo" if self.items is None else "item"

    @property
    def photo_names(self) -> Strings:
        """The name of each photo."""
        return self.names if self.items is None else self.items.photos

    @property
    def paths(self) -> tuple[Photo, ...]:
        """The files, or what is read as such; of images in memory there are none."""
        return tuple(photo for photo in self.photos if not isinstance(photo, Image.Image))

    @property
    def local(self) -> tuple[Path, ...]:
        """The files of this machine."""
        return tuple(photo for photo in self.photos if isinstance(photo, Path))

    def take(self, rows: Sequence[int]) -> NewPhotos:
        """The photos, or items, at these positions."""
        chosen = np.array(rows, dtype=np.intp)
        photos, items = (chosen, None) if self.items is None else self.items.take(chosen)
        target = None if self.target is None else self.target[chosen]
        cells = None if self.cells is None else self.cells.take(chosen)
        kept = tuple(self.photos[photo] for photo in photos)
        return NewPhotos(self.names[chosen], kept, target, cells, items)

    def rejected(self, keys: Sequence[str], mistakes: Mistakes) -> dict[int, Rejected]:
        """The photos, by their position, whose keys have mistakes."""
        bad = {
            row: reject(name, self._named(row), mistakes[key], self._item(row))
            for row, (name, key) in enumerate(zip(self.photo_names.tolist(), keys, strict=True))
            if key in mistakes
        }
        lost = {str(self.names[row]) for row in self.lost(bad)}
        marked = mark_lost(list(bad.values()), set(self.names.tolist()) - lost)
        return dict(zip(bad, marked, strict=True))

    def lost(self, rejected: Collection[int]) -> list[int]:
        """The positions of what has no photo but these."""
        return sorted(rejected) if self.items is None else self.items.without(rejected)

    @property
    def files(self) -> Sequence[Photo | Sequence[Photo]]:
        """The file of each name, or those of an item; there are no images in memory."""
        if self.items is None:
            return self.paths
        every = map(self.items.rows, range(len(self)))
        return [[self.paths[row] for row in rows] for rows in every]

    def _item(self, row: int) -> str:
        return "" if self.items is None else str(self.names[self.items.item[row]])

    def _named(self, row: int) -> str:
        """What errors call the photo at this position."""
        photo = self.photos[row]
        return str(self.photo_names[row] if isinstance(photo, Image.Image) else photo)

    def sizes(self) -> list[Size]:
        """The height and width of each photo when upright; 0 and 0 where it cannot be read."""
        found = iter(photo_sizes(self.paths, unsized={}))
        return [
            size_when_upright(one) if isinstance(one, Image.Image) else next(found)
            for one in self.photos
        ]

    def load(self, position: int) -> Load:
        """How to load the photo at this position; errors name it as it was given."""
        photo, name = self.photos[position], self._named(position)
        if isinstance(photo, Image.Image):
            return lambda wanted: views_of_image(photo, name, wanted)
        return partial(_see_file, photo, name, set())


def _see_file(
    photo: Photo, name: str, digests: set[str], wanted: Collection[Wanted]
) -> dict[Wanted, Photos]:
    """Views of a file, which is to be the same each time; a large one is read band by band."""
    data = read_file(photo)
    digests.add(sha256(data).hexdigest())
    if len(digests) > 1:
        raise ChangedPhotoError(f"{name}: it changed while it was read; predict again")
    return views(data, name, wanted)


def read_test(
    path: Path,
    folder: Folder,
    name: str,
    target: str,
    form: TableFormat = COMMAS,
    with_absent: bool = False,
    features: Sequence[str] = (),
) -> NewPhotos:
    """The photos of a test table, with their target where it has that column.

    The columns of `features`, which heads take, are needed.

    Photos that are not there are an error, unless they are asked for as well.
    A target that is the same in all of several rows is a placeholder, and none; that is logged.
    """
    rows = table.read_table(path, [name, *features], form)
    names, paths = find_named(rows, name, path, folder, with_absent)
    labelled = table.has_column(rows, target, path) and (rows[target] != "").any()
    if labelled and len(rows) > 1 and rows[target].nunique() == 1:
        _LOG.warning(
            "%s: %s is %s in all of %s, which looks like a placeholder: no score is given",
            path,
            target,
            rows[target].iloc[0],
            count(len(rows), "row"),
        )
        labelled = False
    known = table.parse_amounts(rows, target, path, form) if labelled else None
    cells = Cells(rows[list(features)], path, form) if features else None
    return NewPhotos(names, paths, known, cells)


def read_folder(folder: Folder) -> NewPhotos:
    """All photos of a folder and its sub-folders, by name; what is left out is logged."""
    listing = list_photos(folder, is_ours)
    refuse_unwritable(listing.names, folder)
    if listing.warning:
        _LOG.warning("%s", listing.warning)
    names = list(listing.names)
    found = names_in(folder)
    return NewPhotos(np.array(names), tuple(found.photo(name) for name in names))


def given_photos(given: Any, cache: Path | None = None) -> NewPhotos:
    """Whatever a caller has: a folder, paths, URLs, PIL images, or arrays.

    Parameters
    ----------
    given : path, PIL image, uint8 array, or sequence of these
        A folder stands for all photos in it; so does a URL that does not end as a photo. An array
        is (height, width, 3) in RGB, (height, width) in grey, or (n, height, width, 3). Photos in
        memory are named by their position.
        Of a large JPEG a file is decoded at less than its size where the networks need no more: by
        a level of 255 on average it then differs from the same photo in memory.
    cache : Path, optional
        The cache folder, which keeps what is downloaded.

    Raises
    ------
    InputError
        Something else was given, or nothing; arrays of another type or shape: all of them.
    """
    if isinstance(given, str) and is_url(given):
        whole = os.path.splitext(given)[1].lower() not in SUFFIXES
        return read_folder(open_folder(given, cache)) if whole else _of_sequence([given], cache)
    if isinstance(given, str | Path):
        path = Path(given)
        return read_folder(path) if path.is_dir() else _of_sequence([path])
    if isinstance(given, Image.Image) or (isinstance(given, np.ndarray) and given.ndim in (2, 3)):
        return _of_sequence([given])
    try:
        return _of_sequence(list(given), cache)
    except TypeError:
        raise InputError(
            "photos to predict must be a folder, paths, PIL images or uint8 arrays, not "
            f"{type(given).__name__}"
        ) from None


def _of_sequence(given: Sequence[Any], cache: Path | None = None) -> NewPhotos:
    if not given:
        raise InputError("there are no photos to predict: the sequence is empty; give one at least")
    photos: list[Photo | Image.Image | Url] = []
    mistakes = []
    for position, one in enumerate(given):
        try:
            photos.append(_photo(one))
        except InputError as error:
            mistakes.append(f"photo {position}: {error}")
    if mistakes:
        raise InputError("photos that cannot be used:", first_ten(mistakes))
    names = [
        str(position) if isinstance(one, Image.Image) else str(one)
        for position, one in enumerate(photos)
    ]
    return NewPhotos(np.array(names), tuple(find_urls(photos, cache)))


def _photo(one: Any) -> Photo | Image.Image | Url:
    if isinstance(one, str | Path) and is_url(str(one)):
        return open_url(str(one))
    if isinstance(one, str | Path):
        return Path(one)
    if isinstance(one, Image.Image):
        return one
    if not isinstance(one, np.ndarray):
        raise InputError(f"must be a path, a PIL image or a uint8 array, not {type(one).__name__}")
    grey = one.ndim == 2
    if one.dtype != np.uint8 or not (grey or (one.ndim == 3 and one.shape[2] == 3)) or not one.size:
        raise InputError(
            "an array must be uint8 of (height, width, 3) or (height, width), not "
            f"{one.dtype} of {one.shape}"
        )
    return Image.fromarray(one)

"""The photos of a folder, and the column of a table that names them."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backbones.photos.folder import Listing
from backbones.photos.formats import SUFFIXES
from backbones.photos.lookup import find_photos
from ensemble.photos.foreign import is_ours
from ensemble.proposal.folder.sheet import Sheet

#: The share of a column's values that are photos, from which on it is taken to name them.
_MOST = 0.5

#: The share of the names of photos, wherever these lie, that a config has to find for itself.
_NEARLY = 0.95

#: Values of a column that are looked at, before all are.
_SAMPLE = 200


@dataclass(frozen=True)
class Naming:
    """A column that names photos."""

    column: str
    images: str  #: the folder in which its names are found, below the album's; "." for that itself
    photos: Mapping[str, Path]  #: those of its names that fit a photo -> file
    missing: tuple[str, ...]  #: the others
    is_direct: bool  #: whether a config finds the photos by these names
    is_unique: bool  #: whether (nearly) each row has a name of its own
    has_suffixes: bool

    @property
    def share(self) -> float:
        """The share of names that fit a photo."""
        return len(self.photos) / (len(self.photos) + len(self.missing))


@dataclass(frozen=True)
class Album:
    """A folder with photos."""

    listing: Listing

    @property
    def folder(self) -> Path:
        folder = self.listing.folder
        assert isinstance(folder, Path)  # it is never opened on a URL
        return folder

    def __len__(self) -> int:
        return len(self.listing.names)

    def namings(self, sheet: Sheet) -> list[Naming]:
        """The columns of a table that name photos, the likeliest first."""
        named = [column for column in sheet.columns if _have_suffixes(sheet.rows[column].tolist())]
        # Where a column names files, the numbers beside it are none of theirs.
        found = [one for column in named or sheet.columns if (one := self._naming(sheet, column))]
        return sorted(found, key=lambda one: (not one.has_suffixes, not one.is_unique, -one.share))

    def names_photo(self, text: str) -> bool:
        """Whether a text is the name of a photo, as the header of a table is where it has none."""
        return _suffix(text) in SUFFIXES and bool(self._fitting(text))

    def relative(self, photo: Path, images: str) -> str:
        """The name of a photo from the folder of images."""
        return os.path.relpath(photo, self.folder / images).replace(os.sep, "/")

    def _naming(self, sheet: Sheet, column: str) -> Naming | None:
        values = sheet.rows[column]
        names = [name for name in dict.fromkeys(values.tolist()) if name]
        if not self._are_photos(names[:_SAMPLE]) or not self._are_photos(names):
            return None
        fitting = {name: self._fitting(name) for name in names}
        images = _common(fitting)
        paths = find_photos(self.folder / images, names, is_ours).paths
        found = {name: path for name, path in paths.items() if isinstance(path, Path)}
        alone = {name: self.folder / fit[0] for name, fit in fitting.items() if len(fit) == 1}
        is_direct = len(found) >= _NEARLY * sum(map(bool, fitting.values())) and bool(found)
        photos = found if is_direct else alone
        if len(photos) < _MOST * len(names):
            return None
        return Naming(
            column,
            images if is_direct else _above(photos.values(), self.folder),
            photos,
            tuple(name for name in names if name not in photos),
            is_direct,
            len(names) >= 0.9 * len(values),
            _have_suffixes(names),
        )

    def _are_photos(self, names: Sequence[str]) -> bool:
        return bool(names) and sum(map(bool, map(self._fitting, names))) >= _MOST * len(names)

    def _fitting(self, name: str) -> tuple[str, ...]:
        """The photos that may be meant, wherever they lie: by name, else without the suffix."""
        base = _folded(name.replace("\\", "/").rsplit("/", 1)[-1])
        stem, suffix = os.path.splitext(base)
        keys = [base, stem] if suffix in SUFFIXES else [base]
        fit = next((fit for key in keys if (fit := self._by_base.get(key))), ())
        return fit or self._by_number.get(_number(keys[-1]), ())

    @cached_property
    def _by_number(self) -> dict[str, tuple[str, ...]]:
        """Photos named by a number, without zeros before it, which spreadsheets delete."""
        found = defaultdict(list)
        for name in self.listing.names:
            number = _number(os.path.splitext(name.rsplit("/", 1)[-1])[0])
            if number:
                found[number].append(name)
        return {number: tuple(names) for number, names in found.items()}

    @cached_property
    def _by_base(self) -> dict[str, tuple[str, ...]]:
        """Photos by their own name in lower case, and by that without the suffix."""
        found = defaultdict(list)
        for name in self.listing.names:
            base = _folded(name.rsplit("/", 1)[-1])
            for key in (base, os.path.splitext(base)[0]):
                found[key].append(name)
        return {key: tuple(names) for key, names in found.items()}


def _have_suffixes(names: Sequence[str]) -> bool:
    """Whether most of these names end as those of photos do."""
    sample = names[:_SAMPLE]
    return sum(_suffix(name) in SUFFIXES for name in sample) >= max(1, _MOST * len(sample))


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _number(name: str) -> str:
    """A name of digits without zeros before them; else empty."""
    return (name.lstrip("0") or "0") if name.isdecimal() else ""


def _common(fitting: Mapping[str, Sequence[str]]) -> str:
    """The folder that most names are written from."""
    votes = Counter(
        before
        for name, photos in fitting.items()
        for photo in photos
        if (before := _before(photo, name)) is not None
    )
    return votes.most_common(1)[0][0] if votes else "."


def _before(photo: str, name: str) -> str | None:
    """The folder from which a photo is called so, whatever its suffix; None where there is none."""
    own = [part for part in _folded(name).replace("\\", "/").split("/") if part not in ("", ".")]
    whole = photo.split("/")
    if len(own) > len(whole):
        return None
    *above, base = map(_folded, whole[len(whole) - len(own) :])
    ends = (base, os.path.splitext(base)[0], os.path.splitext(own[-1])[0])
    if above != own[:-1] or (own[-1] not in ends[:2] and ends[1] != ends[2]):
        return None
    return "/".join(whole[: len(whole) - len(own)]) or "."


def _above(photos: Iterable[Path], folder: Path) -> str:
    """The deepest folder that holds all photos, below the album's."""
    common = os.path.commonpath([photo.parent for photo in photos])
    return os.path.relpath(common, folder).replace(os.sep, "/")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())

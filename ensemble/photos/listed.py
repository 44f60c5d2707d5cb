"""The photos that the table of labelled photos lists, by the names that other tables give them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from backbones.photos.formats import SUFFIXES
from backbones.photos.lookup import find_photos
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.photos.foreign import is_ours
from ensemble.photos.spelling import plain


def listed_names(
    names: Iterable[str], folder: Folder, photos: Mapping[Photo, str]
) -> dict[str, str | None]:
    """The photo that each name means, as `photos` (file -> name) call it, however it is spelled.

    A name of a photo in `folder` that is not labelled has None, and one of no photo is left out.
    """
    known: dict[str, str | None] = {name: name for name in photos.values()}
    others = [name for name in names if name not in known]
    if not others:
        return known
    found = find_photos(folder, others, is_ours)
    known |= {name: photos.get(file) for name, file in found.paths.items()}
    return known | _absent([name for name in others if known.get(name) is None], photos)


def _absent(names: Sequence[str], photos: Mapping[Photo, str]) -> dict[str, str]:
    """The names that mean a labelled photo which is missing, spelled otherwise -> its name."""
    if not names:
        return {}
    missing = defaultdict(list)
    for file, name in photos.items():
        if not file.is_file():
            stem, kind = stem_and_kind(name)
            missing[stem].append((kind, name))
    meant = {}
    for name in names:
        stem, kind = stem_and_kind(name)
        fit = [one for other, one in missing[stem] if other == kind or not (other and kind)]
        if len(fit) == 1:
            meant[name] = fit[0]
    return meant


def stem_and_kind(name: str) -> tuple[str, str]:
    """A name without what two spellings of it may differ in, and the kind of its suffix."""
    seen = plain(name).replace("\\", "/").removeprefix("./").casefold()
    stem, suffix = os.path.splitext(seen)
    return (stem, SUFFIXES[suffix]) if suffix in SUFFIXES else (seen, "")

"""The objects of labelled photos, out of what an annotation tool exported."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import count
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from backbones.section import nearest
from ensemble.config.annotations import Annotations as Spec
from ensemble.config.data import Data
from ensemble.photos.annotations.annotated import Annotated, Annotations
from ensemble.photos.annotations.catalog import READERS
from ensemble.photos.annotations.frames import Fitted, refuse_fractions, to_pixels
from ensemble.photos.annotations.mistakes import Mistakes
from ensemble.photos.annotations.naming import Named, name_photos

_LOG = logging.getLogger("ensemble")

_CORNERS = ["xmin", "ymin", "xmax", "ymax"]


def read_objects(
    data: Data,
    spec: Spec,
    images: Folder,
    photos: Mapping[Photo, str],
    areas: Collection[str] = (),
) -> pd.DataFrame:
    """Read the objects of labelled photos, in pixels of the upright photo.

    Parameters
    ----------
    images : Folder
        Holds the photos.
    photos : mapping of Photo to str
        The labelled photos: file and name.
    areas : collection of str
        The names of those in areas of which every object is marked.

    Returns
    -------
    DataFrame
        ``name``, as `photos` say it, ``xmin <= xmax`` and ``ymin <= ymax``, a row an object. Photos
        with a crowd have no rows: not all of their objects are marked.

    Raises
    ------
    InputError
        The files are of another format or have mistakes, have objects of photos that are not
        labelled, several entries of one photo, or places that are not within it, or a crowd of a
        photo with an area; all of one kind.
    """
    path = data.path(spec.path)
    found = READERS[spec.format](path)
    _tell(path, [_summary(found), *found.notes])
    found = _of_classes(found, spec, path)
    _tell(path, _drawn(found.photos))
    named = name_photos(found.photos, images, photos)
    refuse_fractions(found.photos, path)
    entries = _listed(found.photos, named, data, path)
    _refuse_crowds(entries, areas, data, path)
    _warn_of_copies(entries.values(), path)
    return _rows(entries, {name: file for file, name in photos.items()}, path)


def _tell(path: Path, notes: Iterable[str]) -> None:
    for note in notes:
        _LOG.info("%s: %s", path, note)


def _summary(found: Annotations) -> str:
    labels = Counter(one.label for photo in found.photos for one in photo.objects)
    classes = ", ".join(f"{label} {number:,}" for label, number in labels.most_common(20))
    more = ", ..." if len(labels) > 20 else ""
    total = f"{count(labels.total(), 'object')} in {count(len(found.photos), 'photo')}"
    return f"{total} ({classes}{more})" if classes else total


def _of_classes(found: Annotations, spec: Spec, path: Path) -> Annotations:
    """Leave out objects of other classes than those that count."""
    if spec.classes is None:
        return found
    wanted = set(spec.classes)
    known = {one.label for photo in found.photos for one in photo.objects} | {*found.classes}
    unknown = [one for one in spec.classes if one not in known]
    if unknown:
        mistakes = [
            f"{one!r}: {nearest(one, known) if known else 'it has none'}" for one in unknown
        ]
        raise InputError(f"data.objects.classes: {path} has no objects of:", first_ten(mistakes))
    kept = [
        replace(photo, objects=tuple(one for one in photo.objects if one.label in wanted))
        for photo in found.photos
    ]
    return replace(found, photos=tuple(kept))


def _drawn(photos: Sequence[Annotated]) -> Iterator[str]:
    shapes = Counter(one.shape for photo in photos for one in photo.objects)
    for shape, number in shapes.items():
        if shape not in ("box", "point"):
            yield f"{number:,} drawn as {shape} count by the box around them"
    crowds = sum(any(one.is_crowd for one in photo.objects) for photo in photos)
    if crowds:
        yield f"{count(crowds, 'photo')} with crowds (iscrowd): their target alone is learned"
    empty = sum(not photo.objects for photo in photos)
    if empty:
        yield f"{count(empty, 'photo')} without objects: their targets alone are learned"


def _listed(
    entries: Sequence[Annotated], named: Named, data: Data, path: Path
) -> dict[str, Annotated]:
    """Name of a labelled photo -> its one entry."""
    if named.by_end:
        said, meant = named.by_end[0]
        number = count(len(named.by_end), "photo")
        _LOG.info("%s: %s named by their ends alone, as %r for %r", path, number, said, meant)
    by_name = defaultdict(list)
    others = []
    for entry, name in zip(entries, named.names, strict=True):
        if name is not None:
            by_name[name].append(entry)
        elif entry.objects:
            others.append(entry)
    _refuse_unlisted(others, data, path)
    mistakes = Mistakes(path)
    for name, same in by_name.items():
        if len(same) > 1:
            told = f"{name}: {' and '.join(one.where for one in same[:3])}"
            mistakes.add("photos with several entries; keep one of each", told)
    mistakes.refuse()
    return {name: same[0] for name, same in by_name.items()}


def _refuse_unlisted(others: Sequence[Annotated], data: Data, path: Path) -> None:
    if not others:
        return
    spec = data.objects
    if spec is not None and spec.unlisted == "skip":
        _LOG.info(
            "%s: %s with objects left out, as %s does not list them",
            path,
            count(len(others), "photo"),
            data.train,
        )
        return
    mistakes = Mistakes(path)
    kind = (
        f"objects of photos that {data.train} does not list; where these are others, as photos to "
        "predict, data.objects.unlisted: skip leaves them out"
    )
    for one in others:
        mistakes.add(kind, one.where)
    mistakes.refuse()


def _refuse_crowds(
    entries: Mapping[str, Annotated], areas: Collection[str], data: Data, path: Path
) -> None:
    mistakes = Mistakes(path)
    kind = (
        f"photos with a crowd (iscrowd) and an area in {data.areas}, in which every object must be "
        "marked; draw the area around the crowd, and remove it"
    )
    for name, entry in entries.items():
        if name in areas and any(one.is_crowd for one in entry.objects):
            mistakes.add(kind, f"{name}: {entry.where}")
    mistakes.refuse()


def _warn_of_copies(entries: Iterable[Annotated], path: Path) -> None:
    again = []
    for entry in entries:
        seen: set[tuple[object, ...]] = set()
        for one in entry.objects:
            key = (one.label, one.corners)
            if key in seen:
                again.append(one.where)
            seen.add(key)
    if again:
        listed = ", ".join(again[:5]) + (f" and {len(again) - 5} more" if len(again) > 5 else "")
        _LOG.warning(
            "%s: %s in the same place as another of the same class: %s",
            path,
            count(len(again), "object"),
            listed,
        )


def _rows(entries: Mapping[str, Annotated], files: Mapping[str, Photo], path: Path) -> pd.DataFrame:
    mistakes, fitted = Mistakes(path), Fitted()
    names: list[str] = []
    parts = []
    for name, entry in entries.items():
        if not entry.objects or any(one.is_crowd for one in entry.objects):
            continue
        corners = to_pixels(entry, files[name], mistakes, fitted)
        if corners is not None:
            names += [name] * len(corners)
            parts.append(corners)
    mistakes.refuse()
    if fitted.scaled:
        number = count(fitted.scaled, "photo")
        _LOG.info("%s: %s of another size than stated: places are scaled", path, number)
    if fitted.turned:
        number = count(fitted.turned, "photo")
        _LOG.warning("%s: %s stated as stored, on their side: places are turned", path, number)
    table = pd.DataFrame(np.concatenate(parts) if parts else np.empty((0, 4)), columns=_CORNERS)
    table.insert(0, "name", pd.Series(names, dtype=object))
    return table

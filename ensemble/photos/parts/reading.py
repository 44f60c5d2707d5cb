"""The tables of labelled parts of photos: of areas, and of counts in regions."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import shapely

from backbones.errors import InputError, first_ten
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.config.data import Data
from ensemble.heads import Part
from ensemble.photos import table
from ensemble.photos.parts.shapes import read_shapes

#: Of the smaller of two regions, the share that may overlap, as they are drawn by hand.
_OVERLAP = 0.02


def read_parts(data: Data, images: Folder, photos: Mapping[Photo, str]) -> dict[str, Part]:
    """Read the areas and the counted regions of photos, in pixels, by the photo's name.

    Parameters
    ----------
    images : Folder
        Holds the photos.
    photos : mapping of Photo to str
        The labelled photos: file and name.

    Raises
    ------
    InputError
        As ``read_shapes``; or photos have areas and regions both, or regions that overlap.
    """
    areas = {} if data.areas is None else _read_areas(data, data.areas, images, photos)
    counts = {} if data.counts is None else _read_counts(data, data.counts, images, photos)
    both = sorted(areas.keys() & counts.keys())
    if both:
        raise InputError(
            f"photos with rows both in {data.areas} and {data.counts}; keep those of one:",
            first_ten(both),
        )
    return areas | counts


def _read_areas(
    data: Data, file: str, images: Folder, photos: Mapping[Photo, str]
) -> dict[str, Part]:
    rows = read_shapes(data, data.path(file), images, photos)
    return {
        str(name): Part(area=shapely.union_all(shapes.to_numpy()))
        for name, shapes in rows.groupby("name")["shape"]
    }


def _read_counts(
    data: Data, file: str, images: Folder, photos: Mapping[Photo, str]
) -> dict[str, Part]:
    path, column = data.path(file), data.columns.count
    rows = read_shapes(data, path, images, photos, column)
    numbers = table.parse_amounts(rows, column, path, data.table_format)
    table.refuse_lines(numbers < 0, rows[column], f"{path}: {column} must not be negative")
    rows = rows.assign(number=numbers)
    parts, overlapping = {}, []
    for name, of_photo in rows.groupby("name"):
        shapes = tuple(of_photo["shape"])
        overlapping += [f"{name}: lines {lines}" for lines in _overlaps(of_photo["shape"])]
        parts[str(name)] = Part(regions=shapes, counts=tuple(of_photo["number"].tolist()))
    if overlapping:
        raise InputError(
            f"{path}: regions of one photo must not overlap, or what is in both would be counted "
            "twice:",
            first_ten(overlapping),
        )
    return parts


def _overlaps(shapes: pd.Series) -> list[str]:
    """The lines of each two shapes of a photo that overlap."""
    tree = shapely.STRtree(shapes.to_numpy())
    lines, found = shapes.index.to_numpy(), []
    for first, second in tree.query(shapes.to_numpy(), predicate="intersects").T.tolist():
        one, other = shapes.iloc[first], shapes.iloc[second]
        common = shapely.intersection(one, other).area
        if first < second and common > _OVERLAP * min(one.area, other.area):
            found.append(f"{lines[first]} and {lines[second]}")
    return found

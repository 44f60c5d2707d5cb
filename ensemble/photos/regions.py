"""The table of regions that are to be counted: a row a box, or a polygon, of a photo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.densities.frame import Frame
from ensemble.densities.shapes import box_shape, parse_polygon
from ensemble.photos import table
from ensemble.photos.listed import stem_and_kind
from ensemble.photos.units import check_pixels

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: What is wrong with lines of a table.
Mistakes = defaultdict[int, list[str]]

#: The column of labels.
REGION = "region"

#: Fraction of a photo's side by which a region may extend beyond it: people draw roughly.
_SLACK = 0.02


@dataclass(frozen=True)
class Region:
    """A part of a photo."""

    photo: str  #: its name among the photos to predict
    label: str
    shape: BaseGeometry  #: in pixels of the photo, as a viewer shows it
    line: int  #: of its table, from 1


def read_regions(
    path: Path,
    data: Data,
    names: Sequence[str],
    frames_of: Callable[[set[str]], Mapping[str, Frame]],
) -> list[Region]:
    """Read the regions of photos with these names, in the order of the table.

    It has the config's column of names, and either its columns of a box, or that of polygons with
    well-known text; ``region`` is a label, by default the region's number in its photo.

    Parameters
    ----------
    frames_of : callable
        Gives the frames of photos by their names; where one cannot be used, there is none.

    Raises
    ------
    InputError
        The table cannot be read; lines of photos that are not to be predicted, with regions of no
        area or outside of their photo, or with labels that a photo has twice: all of them.
    """
    if not path.is_file():
        raise InputError(f"regions: there is no file {path}")
    rows = table.read_table(path, [data.columns.name], data.table_format)
    shapes, wrong = _shapes(rows, path, data)
    meant = _meant(names)
    photos = rows[data.columns.name].map(lambda name: meant.get(name) or meant.get(_plain(name)))
    for line in rows.index[photos.isna()]:
        told = f"{rows[data.columns.name][line]!r} is not among the photos to predict"
        wrong[line].append(told)
    labels = _labels(rows, photos, path)
    twins = pd.DataFrame({"photo": photos, "label": labels}).duplicated(keep=False)
    for line in rows.index[twins & photos.notna()]:
        told = f"{photos[line]!r} has several regions {labels[line]!r}; name each otherwise"
        wrong[line].append(told)
    regions = [
        Region(photo, label, shape, line)
        for line, photo, label, shape in zip(rows.index, photos, labels, shapes, strict=True)
    ]
    frames = frames_of(set(photos.dropna()))
    for one in regions:
        if one.photo in frames and one.shape is not None:
            wrong[one.line] += _outside(one, frames[one.photo])
    _refuse(path, wrong)
    return regions


def _shapes(rows: pd.DataFrame, path: Path, data: Data) -> tuple[list[Any], Mistakes]:
    """The shape of each row, by whichever columns the table has; and see ``_read_shapes``."""
    ends, polygon, form = data.columns.box, data.columns.polygon, data.table_format
    if table.has_column(rows, polygon, path):
        return _read_shapes(rows[polygon], parse_polygon)
    if absent := [column for column in ends if not table.has_column(rows, column, path)]:
        raise InputError(
            f"{path} lacks columns: it must have either {', '.join(ends)}, in pixels of the photo, "
            f"or {polygon}, as POLYGON ((x y, x y, x y)):",
            [repr(column) for column in absent],
        )
    boxes = np.column_stack([table.parse_numbers(rows, column, path, form) for column in ends])
    check_pixels(boxes, rows.index.tolist(), path, ends)
    return _read_shapes(pd.Series(boxes.tolist(), rows.index), box_shape)


def _refuse(path: Path, wrong: Mistakes) -> None:
    """Raise an ``InputError`` of what is wrong with lines of a table, if anything is."""
    told = pd.Series({line: "; ".join(texts) for line, texts in sorted(wrong.items()) if texts})
    title = f"{path}: regions that cannot be counted"
    table.refuse_lines(np.ones(len(told), dtype=bool), told, title)


def _outside(region: Region, frame: Frame) -> list[str]:
    """How a region lies outside of its photo, or of what the network saw of it, if it does."""
    height, width = frame.down.length, frame.across.length
    left, top, right, bottom = region.shape.bounds
    beyond = max(-left / width, -top / height, right / width - 1, bottom / height - 1)
    ends = f"from {left:g}, {top:g} to {right:g}, {bottom:g}"
    if beyond > _SLACK:
        return [f"{ends}, beyond {region.photo!r} of {width} x {height} pixels"]
    near, upper, far, lower = frame.seen
    if right <= near or left >= far or bottom <= upper or top >= lower:
        return [
            f"{ends}, where the network sees nothing of {region.photo!r}: of its {width} x "
            f"{height} pixels those from {near:.0f}, {upper:.0f} to {far:.0f}, {lower:.0f}"
        ]
    return []


def _read_shapes(
    rows: pd.Series, read: Callable[[Any], BaseGeometry]
) -> tuple[list[Any], Mistakes]:
    """The shape of each row, None of one that is wrong, and what is wrong, by line."""
    shapes: list[Any] = []
    wrong: Mistakes = defaultdict(list)
    for line, written in zip(rows.index.tolist(), rows.tolist(), strict=True):
        try:
            shapes.append(read(written))
        except InputError as error:
            shapes.append(None)
            wrong[line].append(str(error))
    return shapes, wrong


def _labels(rows: pd.DataFrame, photos: pd.Series, path: Path) -> pd.Series:
    """The label of each region: as the table says, or its number among those of its photo."""
    if table.has_column(rows, REGION, path):
        return rows[REGION]
    return (photos.fillna("").groupby(photos.fillna("")).cumcount() + 1).astype(str)


def _meant(names: Sequence[str]) -> dict[str, str]:
    """What a table may call the photos: by their names, or in another spelling, if but one fits."""
    spelled = defaultdict(set)
    for name in names:
        spelled[_plain(name)].add(name)
    others = {short: next(iter(same)) for short, same in spelled.items() if len(same) == 1}
    return others | {name: name for name in names}


def _plain(name: str) -> str:
    return stem_and_kind(name)[0]

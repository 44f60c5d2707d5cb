"""Tables of parts of photos: a row a box, or a polygon."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely import force_2d

from backbones.errors import InputError
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.config.data import Data
from ensemble.densities.shapes import parse_polygon
from ensemble.photos import table
from ensemble.photos.places import name_rows
from ensemble.photos.units import check_pixels


def read_shapes(
    data: Data, path: Path, images: Folder, photos: Mapping[Photo, str], *more: str
) -> pd.DataFrame:
    """Read a table of boxes, or of polygons where it has their column, in pixels of the photo.

    Parameters
    ----------
    images : Folder
        Holds the photos.
    photos : mapping of Photo to str
        The labelled photos: file and name.
    more : str
        Further columns that it must have.

    Returns
    -------
    DataFrame
        ``name``, as `photos` say it, ``shape``, a valid polygon, and `more`, as text; by line.

    Raises
    ------
    InputError
        Lines of photos that are not labelled, or whose shapes are none, all of one kind.
    """
    columns, form = data.columns, data.table_format
    rows = table.read_table(path, [columns.name, *more], form, may_be_empty=True)
    has_polygons = table.has_column(rows, columns.polygon, path)
    if not has_polygons:
        rows = table.read_table(path, [columns.name, *columns.box, *more], form, may_be_empty=True)
    names = name_rows(rows, data, path, images, photos)
    shapes = _polygons(rows[columns.polygon], path) if has_polygons else _boxes(rows, data, path)
    if len(rows):
        corners = ("x", "y") if has_polygons else columns.box
        check_pixels(shapely.bounds(shapes), rows.index.tolist(), path, corners)
    found = pd.DataFrame({"name": names, "shape": shapes}, index=rows.index)
    return found.assign(**{column: rows[column] for column in more})


def _boxes(rows: pd.DataFrame, data: Data, path: Path) -> Any:
    columns = data.columns.box
    values = [table.parse_numbers(rows, column, path, data.table_format) for column in columns]
    left, top, right, bottom = values
    texts = pd.Series(np.column_stack(values).tolist(), index=rows.index)
    table.refuse_lines(
        (left >= right) | (top >= bottom),
        texts,
        f"{path}: a box is {', '.join(columns)} with each minimum below its maximum (to width and "
        "height, add the minima)",
    )
    return shapely.box(left, top, right, bottom)


def _polygons(texts: pd.Series, path: Path) -> Any:
    shapes: list[Any] = []
    told = []
    for text in texts.tolist():
        try:
            shapes.append(force_2d(parse_polygon(text.strip())))
            told.append("")
        except InputError as error:
            shapes.append(None)
            told.append(f"{_short(text)}: {error}")
    wrong = np.array([bool(one) for one in told], dtype=bool)
    named = pd.Series(told, index=texts.index, dtype=object)
    table.refuse_lines(wrong, named, f"{path}: a polygon is POLYGON ((x y, x y, x y))")
    return np.array(shapes, dtype=object)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")

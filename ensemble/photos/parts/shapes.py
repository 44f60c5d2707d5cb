"""Tables of parts of photos: a row a box, or a polygon."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from shapely.errors import GEOSException

from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.config.data import Data
from ensemble.photos import table
from ensemble.photos.places import name_rows
from ensemble.photos.units import check_pixels

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: What is wrong with a text that is no WKT, by what GEOS says.
_NO_WKT = {
    "closed linestring": "must end where it begins",
    "number of points": "has fewer than three corners",
}

#: What is wrong with a polygon, by what GEOS says.
_INVALID = {"Too few points": "has fewer than three corners", "Coordinate": "has no such place"}

_FORM = "a polygon is POLYGON ((x y, x y, x y, x y)), which ends where it begins"


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
    read = [_polygon(text) for text in texts]
    told = [f"{_short(text)} {one}" for text, one in zip(texts, read, strict=True)]
    wrong = np.array([isinstance(one, str) for one in read], dtype=bool)
    table.refuse_lines(wrong, pd.Series(told, index=texts.index, dtype=object), f"{path}: {_FORM}")
    return np.array(read, dtype=object)


def _polygon(text: str) -> BaseGeometry | str:
    """A polygon, or several, of WKT; or what is wrong with it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of nan, which is refused below
            shape = shapely.force_2d(shapely.from_wkt(text.strip()))
    except GEOSException as error:
        return next((way for said, way in _NO_WKT.items() if said in str(error)), "is none")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return f"is a {shape.geom_type}"
    if shape.is_empty:
        return "has no corners"
    reason, _, place = shapely.is_valid_reason(shape).partition("[")
    if not shape.is_valid:
        way = next((way for said, way in _INVALID.items() if said in reason), None)
        return way or f"crosses or touches itself at {place.rstrip(']')}"
    return shape


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")

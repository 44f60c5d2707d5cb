"""Boxes and polygons in a photo, and what of a density lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from ensemble.densities.frame import Frame

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Numbers = npt.NDArray[np.float64]

_KINDS = ("Polygon", "MultiPolygon")


def box_shape(ends: Sequence[float]) -> BaseGeometry:
    """The box of xmin, ymin, xmax and ymax as a shape.

    Raises
    ------
    InputError
        It has no area.
    """
    from shapely import box

    left, top, right, bottom = ends
    if left >= right or top >= bottom:
        raise InputError(
            f"a box of no area, {', '.join(f'{end:g}' for end in ends)}: each minimum must be "
            "below its maximum"
        )
    return box(left, top, right, bottom)


def parse_polygon(text: str) -> BaseGeometry:
    """A polygon, or several, from well-known text.

    >>> parse_polygon("POLYGON ((0 0, 4 0, 4 2))").area
    4.0

    Raises
    ------
    InputError
        It is none, crosses itself, or has no area.
    """
    from shapely import from_wkt, is_valid_reason
    from shapely.errors import ShapelyError

    try:
        with np.errstate(invalid="ignore"):  # numbers that are none are refused below
            shape = from_wkt(_closed(text))
    except (ShapelyError, ValueError) as error:
        _, _, reason = str(error).partition(": ")
        raise InputError(
            f"no well-known text as POLYGON ((x y, x y, x y)): {reason or error}"
        ) from None
    if shape is None or shape.geom_type not in _KINDS:
        kind = "nothing" if shape is None else shape.geom_type
        raise InputError(f"must be a POLYGON or MULTIPOLYGON, not {kind}")
    if not shape.is_valid:
        reason = is_valid_reason(shape)
        way = "has too few corners" if "Too few" in reason else "crosses or touches itself"
        way = "has a corner nowhere" if "Coordinate" in reason else way
        raise InputError(f"a polygon that {way}: {reason}")
    if shape.area == 0:
        raise InputError("a polygon of no area")
    return shape


def shares_inside(shape: BaseGeometry, frame: Frame) -> Numbers:
    """The share of each cell of a frame that lies in a shape: float64 (rows, columns)."""
    from shapely import area, box, intersection, intersects, prepare

    left, right = frame.across.edges[:-1], frame.across.edges[1:]
    top, bottom = frame.down.edges[:-1], frame.down.edges[1:]
    cells = box(left, top[:, np.newaxis], right, bottom[:, np.newaxis])
    prepare(shape)  # most cells lie outside
    near = intersects(shape, cells)
    inside = np.zeros(cells.shape)
    inside[near] = area(intersection(shape, cells[near])) / area(cells[near])
    return inside


def _closed(text: str) -> str:
    """The text with each ring ending where it begins, as people leave that out."""
    parts = text.split(")")
    for number, part in enumerate(parts):
        ring = part.rpartition("(")[2]
        points = ring.split(",")
        if len(points) > 2 and points[0].split() != points[-1].split():
            parts[number] = f"{part}, {points[0].strip()}"
    return ")".join(parts)

"""The columns of a table that say where the objects are in the photos."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from ensemble.photos.spelling import plain
from ensemble.proposal.folder.sheet import Sheet

_BOXES: tuple[tuple[str, ...], ...] = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
    ("x0", "y0", "x1", "y1"),
    ("minx", "miny", "maxx", "maxy"),
)
_POINTS: tuple[tuple[str, ...], ...] = (
    ("x", "y"),
    ("cx", "cy"),
    ("xcenter", "ycenter"),
    ("centerx", "centery"),
    ("xcentre", "ycentre"),
    ("centroidx", "centroidy"),
    ("col", "row"),
)
_EXTENTS = (("width", "height"), ("w", "h"), ("dx", "dy"))


@dataclass(frozen=True)
class Corners:
    """The columns that say where objects are."""

    kind: str  #: boxes or points
    columns: tuple[str, ...]


def corners_of(sheet: Sheet, names: str) -> Corners | None:
    """The columns of boxes, or else of points; None where a table has neither.

    Boxes that are written as a corner, a width and a height are none that a config can name, and
    their corners are no points.
    """
    known = {
        _joined(column): column
        for column in sheet.columns
        if column != names and (read := sheet.numbers(column)) and read.are_complete
    }
    for wanted in _BOXES:
        if set(wanted) <= known.keys():
            return Corners("boxes", tuple(known[one] for one in wanted))
    for wanted in _POINTS:
        if set(wanted) <= known.keys():
            extents = [pair for pair in _EXTENTS if set(pair) <= known.keys()]
            if any(_vary(sheet, names, known[pair[0]]) for pair in extents):
                return None
            return Corners("points", tuple(known[one] for one in wanted))
    return None


def extents_of(sheet: Sheet) -> tuple[str, str] | None:
    """The columns of width and height of boxes that are written by these."""
    known = {_joined(column): column for column in sheet.columns}
    found = [pair for pair in _EXTENTS if {*pair, "x", "y"} <= known.keys()]
    return (known[found[0][0]], known[found[0][1]]) if found else None


def _vary(sheet: Sheet, names: str, column: str) -> bool:
    """Whether values differ within a photo, as sizes of its objects do, and its own does not."""
    by_photo: pd.Series = sheet.rows.groupby(names)[column].nunique()
    return bool((by_photo > 1).any())


def _joined(column: str) -> str:
    return re.sub(r"[\W_]", "", plain(column).casefold()).removeprefix("bbox")

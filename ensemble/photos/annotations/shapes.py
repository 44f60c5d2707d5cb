"""Boxes around what annotators draw: polygons, turned boxes, ellipses."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ensemble.photos.annotations.annotated import Corners


def around(places: Sequence[float]) -> Corners:
    """The box around points, given as x, y, x, y, ...

    >>> around([1, 9, 4, 2, 3, 3])
    (1, 2, 4, 9)
    """
    x, y = places[::2], places[1::2]
    return min(x), min(y), max(x), max(y)


def around_turned(
    box: Corners, degrees: float, pivot: tuple[float, float] | None = None
) -> Corners:
    """The box around a box that is turned clockwise about `pivot`, or else about its middle.

    >>> [round(one, 6) for one in around_turned((0, 0, 4, 2), 90)]
    [1.0, -1.0, 3.0, 3.0]
    >>> [round(one, 6) for one in around_turned((0, 0, 4, 2), 90, (0, 0))]
    [-2.0, 0.0, 0.0, 4.0]
    """
    left, top, right, bottom = box
    about = ((left + right) / 2, (top + bottom) / 2) if pivot is None else pivot
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    places = []
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        across, down = x - about[0], y - about[1]
        places += [about[0] + across * cos - down * sin, about[1] + across * sin + down * cos]
    return around(places)


def around_ellipse(x: float, y: float, radii: tuple[float, float], degrees: float = 0) -> Corners:
    """The box around an ellipse about x and y, turned clockwise.

    >>> around_ellipse(10, 10, (4, 2))
    (6.0, 8.0, 14.0, 12.0)
    """
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    half = math.hypot(radii[0] * cos, radii[1] * sin), math.hypot(radii[0] * sin, radii[1] * cos)
    return x - half[0], y - half[1], x + half[0], y + half[1]

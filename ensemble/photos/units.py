"""Whether the places of objects are in pixels of their photos, as they must be."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: Objects, and photos with some, from which on it tells something where all of them lie.
_OBJECTS, _PHOTOS = 20, 5


@dataclass(frozen=True)
class _Scale:
    """Units in which a photo's width and height are the same number, however large it is."""

    end: int  #: that number
    unit: str
    part: str  #: of the width and height, by which to multiply
    shorter: int  #: sides of a photo, pixels, beyond which `end` pixels are a corner only
    longer: int


#: Per cent, and what vision language models write. Few photos are far larger than 1000 pixels, so
#: one side has to be: real places that keep so far from its end hardly come near its beginning.
_SCALES = (
    _Scale(100, "per cent", "a hundredth", shorter=400, longer=400),
    _Scale(1000, "thousandths", "a thousandth", shorter=1000, longer=1600),
)


def check_pixels(corner: Numbers, lines: Sequence[int], path: Path, corners: Sequence[str]) -> None:
    """Refuse a table of places as fractions of a photo; warn of lines that look like it.

    Parameters
    ----------
    corner : float array (n, 4)
        xmin, ymin, xmax and ymax of each row.
    corners : sequence of str
        Their columns, for messages.

    Raises
    ------
    InputError
        All of it lies within the first pixel, and not by whole numbers or in many rows.
    """
    # Fractions may be some per cent above 1, where an object is cut off.
    first = (corner <= 1.5).all(axis=1)
    broken = (corner % 1 != 0).any(axis=1)
    x, y = corners[:2]
    way_on = (
        f"they must be in pixels: multiply fractions of a photo by its width ({x}) and height "
        f"({y}) as a viewer shows it"
    )
    if first.all() and (broken.any() or len(corner) >= _OBJECTS):
        raise InputError(
            f"{path}: all of {', '.join(dict.fromkeys(corners))} lie within 0 to {corner.max():g}, "
            f"in the first pixel; {way_on}"
        )
    if (first & broken).any():
        some = [str(line) for line, odd in zip(lines, first & broken, strict=True) if odd]
        _LOG.warning(
            "%s: places in the first pixel, in lines %s%s; if they are fractions, %s",
            path,
            ", ".join(some[:10]),
            f" and {len(some) - 10} more" if len(some) > 10 else "",
            way_on,
        )


def check_scale(boxes: Sequence[Numbers], sizes: Sequence[tuple[int, int]]) -> None:
    """Refuse places in per cent or thousandths of their photos; warn of all in the upper left.

    Parameters
    ----------
    boxes : sequence of float arrays (m, 4)
        xmin, ymin, xmax and ymax, pixels, of the objects of each photo that has some.
    sizes : sequence of (int, int)
        Height and width of these photos, pixels.

    Raises
    ------
    InputError
        They are all over 0 to 100 or 1000, and none is beyond, in photos that are all larger.
    """
    count = sum(len(one) for one in boxes)
    if count < _OBJECTS or len(boxes) < _PHOTOS:
        return
    corner = np.concatenate(boxes)
    for scale in _SCALES:
        if _fits(scale, corner, sizes):
            height, width = min(sizes, key=math.prod)
            raise InputError(
                f"the places of all {count} objects lie within 0 to {scale.end}, in the corner of "
                f"photos of {width} x {height} pixels and more, as {scale.unit} do; they must be "
                f"in pixels: multiply x by {scale.part} of the photo's width, y by one of its "
                "height; if they are, crop the photos to that corner, as nothing else in them is "
                "labelled"
            )
    shares = [one[:, 2:].max(axis=0) / size[::-1] for one, size in zip(boxes, sizes, strict=True)]
    right, lower = np.max(shares, axis=0)
    if right <= 0.6 and lower <= 0.6:
        _LOG.warning(
            "all %d objects lie in the upper left part of their photos (%.0f %% of the width, "
            "%.0f %% of the height): are their places in pixels of smaller copies?",
            count,
            100 * right,
            100 * lower,
        )


def _fits(scale: _Scale, corner: Numbers, sizes: Sequence[tuple[int, int]]) -> bool:
    """Whether places are all over 0 to the end of a scale, in photos that go on well beyond it."""
    near, far = corner[:, :2].min(axis=0) / scale.end, corner[:, 2:].max(axis=0) / scale.end
    all_over = (near < 0.2).all() and (far > 0.8).all() and (far <= 1).all()
    large = min(map(min, sizes)) > scale.shorter and min(map(max, sizes)) > scale.longer
    return bool(all_over and large)

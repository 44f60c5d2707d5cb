"""Whether the places of objects are in pixels of their photos, as they must be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: Objects, and photos with some, from which on it tells something where all of them lie.
_OBJECTS, _PHOTOS = 20, 5

#: Length of a photo's side, pixels, of which 100 are a corner only.
_LARGE = 400


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
    """Refuse places in per cent of their photos; warn where all lie in the upper left part.

    Parameters
    ----------
    boxes : sequence of float arrays (m, 4)
        xmin, ymin, xmax and ymax, pixels, of the objects of each photo that has some.
    sizes : sequence of (int, int)
        Height and width of these photos, pixels.

    Raises
    ------
    InputError
        They are all over 0 to 100, and none is beyond, in photos that are all far larger.
    """
    count = sum(len(one) for one in boxes)
    if count < _OBJECTS or len(boxes) < _PHOTOS:
        return
    corner = np.concatenate(boxes)
    near, far = corner[:, :2].min(axis=0), corner[:, 2:].max(axis=0)
    all_over = (near < 20).all() and (far > 80).all() and (far <= 100).all()
    if all_over and min(map(min, sizes)) > _LARGE:
        raise InputError(
            f"the places of all {count} objects lie within 0 to 100, in the corner of photos of "
            f"{min(map(min, sizes))} pixels and more, as per cent do; they must be in pixels: "
            "multiply x by a hundredth of the photo's width, y by one of its height; if they are, "
            "crop the photos to that corner, as nothing else in them is labelled"
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

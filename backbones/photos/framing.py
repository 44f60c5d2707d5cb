"""A photo brought to the size of a network's input, whole or some rows of it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from backbones.photos.parts import RESTARTED, Parts
from backbones.photos.tiles import Band, Size, Tiling

#: What is behind the ends of a photo.
GREY = 128

#: Pixels of a photo that are brought to another scale together.
_AT_ONCE = 2**20

Resize = Literal["squash", "letterbox", "crop"]

#: How a photo is resized, or cut into tiles.
Framing = Resize | Tiling

#: The (height, width) of a network's input, and how a photo comes to it.
View = tuple[Size, Framing]

#: What is asked of a photo: a view, or the (height, width) of rows that tiles are cut from.
Wanted = tuple[Size, Framing | Band]

_BILINEAR = Image.Resampling.BILINEAR


def resize(photo: Image.Image, size: Size, mode: Resize) -> npt.NDArray[np.uint8]:
    """Resize an RGB photo to uint8 (height, width, 3), bilinearly with antialiasing.

    ``squash`` ignores the aspect ratio; ``crop`` keeps it and crops both ends evenly;
    ``letterbox`` keeps it and pads both ends evenly with mid-grey, which the preprocessing of
    every network family maps close to 0, the value of zero padding within the networks.

    >>> resize(Image.new("RGB", (40, 20), "red"), (6, 6), "letterbox")[:, 0, 0].tolist()
    [128, 128, 255, 255, 255, 128]
    """
    target = size[::-1]
    if mode == "letterbox":
        return np.asarray(ImageOps.pad(photo, target, _BILINEAR, color=(GREY,) * 3))
    if mode == "crop":
        return np.asarray(ImageOps.fit(photo, target, _BILINEAR))
    return np.asarray(photo.resize(target, _BILINEAR))


def resize_rows(photo: Image.Image | Parts, band: Band, rows: int) -> npt.NDArray[np.uint8]:
    """So many rows of what ``squash`` gives, from the first of a band on, some at a time.

    No more of the photo is copied at once, and decoded where it is decoded in part. A sample may be
    one level off: Pillow rounds where a strip begins to 24 bits.
    """
    height, width = band.photo
    scale = photo.height / height
    reach = max(1.0, scale)  # of the filter, in pixels of the photo
    found = np.empty((rows, width, 3), dtype=np.uint8)
    at_once = RESTARTED if isinstance(photo, Parts) and photo.restarts else _AT_ONCE
    step = max(1, math.floor(at_once / (photo.width * scale)))
    for first in range(0, rows, step):
        last = min(first + step, rows)
        top, end = ((band.top + row) * scale for row in (first, last))
        start = max(0, math.floor(top - reach))
        strip = photo.crop((0, start, photo.width, min(photo.height, math.ceil(end + reach))))
        box = (0, top - start, photo.width, end - start)
        found[first:last] = np.asarray(strip.resize((width, last - first), _BILINEAR, box=box))
    return found


def boxes_in_frame(
    boxes: npt.NDArray[np.float64], photo: Size, size: Size, mode: Framing
) -> npt.NDArray[np.float64]:
    """Convert boxes from fractions of a photo to fractions of the output of `resize`.

    Boxes (n, 4) are xmin, ymin, xmax, ymax; `photo` and `size` are height and width in pixels. Of
    what is seen in tiles, they become fractions of the canvas.

    >>> box = np.array([[0.0, 0.0, 0.5, 1.0]])
    >>> boxes_in_frame(box, (100, 100), (100, 200), "letterbox").tolist()
    [[0.25, 0.0, 0.5, 1.0]]
    """
    if mode == "squash":
        return boxes
    if isinstance(mode, Tiling):
        layout = mode.layout(photo, size)
        whole = np.divide(layout.photo[::-1], layout.canvas[::-1])  # as fractions of the canvas
        on_canvas: npt.NDArray[np.float64] = boxes * np.tile(whole, 2)
        return on_canvas
    fill = max if mode == "crop" else min
    ratios = np.array([size[1] / photo[1], size[0] / photo[0]])
    share = fill(ratios) / ratios  # width and height of the whole photo, as fractions of the frame
    inside: npt.NDArray[np.float64] = boxes * np.tile(share, 2) + np.tile((1 - share) / 2, 2)
    return inside

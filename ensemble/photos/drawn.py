"""A synthetic photo: simple faces, in a known number, on a cluttered background."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

#: Height and width of a picture, pixels.
SIZE = 160

Box = tuple[int, int, int, int]


def draw_picture(draw: np.random.Generator) -> tuple[Image.Image, list[Box]]:
    """Draw an RGB picture of `SIZE` x `SIZE`, with the boxes (xmin, ymin, xmax, ymax) of faces."""
    picture = _clutter(draw)
    pen = ImageDraw.Draw(picture)
    boxes: list[Box] = []
    for _ in range(int(draw.integers(0, 13))):
        box = _free_place(draw, boxes)
        if box is not None:
            _face(pen, box, draw)
            boxes.append(box)
    return picture, boxes


def _clutter(draw: np.random.Generator) -> Image.Image:
    """Draw a background: blurred shapes of any colour on coarse noise, without faces."""
    noise = draw.integers(30, 226, (8, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for _ in range(int(draw.integers(10, 25))):
        x, y, w, h = (int(v) for v in draw.integers(0, SIZE, 4))
        colour = tuple(int(v) for v in draw.integers(0, 256, 3))
        if draw.random() < 0.5:
            pen.rectangle((x, y, x + w // 3, y + h // 3), fill=colour)
        else:
            pen.line((x, y, w, h), fill=colour, width=int(draw.integers(1, 6)))
    return picture.filter(ImageFilter.GaussianBlur(1))


def _free_place(draw: np.random.Generator, taken: list[Box]) -> Box | None:
    """Return a box that overlaps no box in `taken`; None if ten tries find none."""
    for _ in range(10):
        side = int(draw.integers(18, 36))
        x, y = (int(v) for v in draw.integers(0, SIZE - side, 2))
        box = (x, y, x + side, y + side)
        if all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in taken):
            return box
    return None


def _face(pen: ImageDraw.ImageDraw, box: Box, draw: np.random.Generator) -> None:
    left, top, right, bottom = box
    side = right - left
    tone = draw.uniform(0.45, 1.0)
    skin = tuple(int(tone * channel) for channel in (255, 214, 178))
    pen.ellipse(box, fill=skin, outline=(40, 25, 20))
    pen.pieslice((left, top, right, bottom - side // 4), 190, 350, fill=(50, 35, 25))
    eye, y = max(1, side // 12), top + side * 0.5
    for x in (left + side * 0.33, left + side * 0.67):
        pen.ellipse((x - eye, y - eye, x + eye, y + eye), fill=(20, 20, 20))
    pen.arc(
        (left + side * 0.3, top + side * 0.5, left + side * 0.7, top + side * 0.85),
        20,
        160,
        fill=(120, 30, 30),
        width=max(1, side // 14),
    )

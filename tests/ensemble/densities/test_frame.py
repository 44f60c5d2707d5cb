from __future__ import annotations

import numpy as np
import pytest

from backbones.photos.framing import View
from ensemble.densities.frame import Frame

GRID = (8, 12)

#: A photo's height and width, how the network saw it, and rows and columns of its map.
CASES: list[tuple[tuple[int, int], View, tuple[int, int]]] = [
    ((128, 192), ((64, 96), "letterbox"), (8, 12)),
    ((192, 128), ((64, 96), "letterbox"), (8, 5)),
    ((100, 400), ((64, 96), "letterbox"), (3, 12)),
    ((192, 128), ((64, 96), "squash"), (8, 12)),
    ((192, 128), ((64, 96), "crop"), (18, 12)),
    ((7, 5), ((64, 96), "letterbox"), (8, 6)),
]


def density(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).exponential(1, GRID).astype(np.float32)


@pytest.mark.parametrize(("photo", "view", "cells"), CASES)
def test_the_sum_stays_whatever_the_shape_of_the_photo(
    photo: tuple[int, int], view: View, cells: tuple[int, int]
) -> None:
    frame, seen = Frame.of(photo, view, GRID), density()
    folded = frame.fold(seen)
    assert folded.sum() == pytest.approx(seen.sum(dtype=np.float64))
    even = frame.even(folded)
    assert even.shape == cells
    assert even.sum() == pytest.approx(folded.sum())
    height, width = photo
    x, y = 0.3 * width, 0.6 * height
    parts = [[0, 0, x, y], [x, 0, width, y], [0, y, x, height], [x, y, width, height]]
    assert frame.sums(folded, np.array(parts)).sum() == pytest.approx(folded.sum())


@pytest.mark.parametrize(("photo", "view", "cells"), CASES[:4])
def test_a_spot_lies_where_it_is_in_the_photo(
    photo: tuple[int, int], view: View, cells: tuple[int, int]
) -> None:
    frame = Frame.of(photo, view, GRID)
    seen = np.zeros(GRID, dtype=np.float32)
    seen[4, 6] = 2.0  # its upper left corner is the middle of the frame, and of the photo
    middle = photo[0] / 2, photo[1] / 2
    assert frame.place(6, 4) == pytest.approx(middle[::-1])
    folded = frame.fold(seen)
    down, across = frame.down.cell, frame.across.cell
    box = np.array([[middle[1], middle[0], middle[1] + across, middle[0] + down]])
    assert frame.sums(folded, box) == pytest.approx([2.0])
    assert frame.sums(folded, box - np.array([[0, 0, across / 2, 0]])) == pytest.approx([1.0])


def test_padding_is_folded_into_the_nearest_cell_and_points_stay_in_the_photo() -> None:
    frame = Frame.of((192, 128), ((64, 96), "letterbox"), GRID)
    seen = np.zeros(GRID, dtype=np.float32)
    seen[2, 0] = 3.0  # far to the left of a portrait
    folded = frame.fold(seen)
    assert folded[2, 0] == 3.0
    assert frame.place(0.5, 2.5) == (0.0, pytest.approx(60))


def test_what_a_crop_leaves_out_is_seen_empty() -> None:
    frame = Frame.of((192, 128), ((64, 96), "crop"), GRID)
    assert frame.seen == pytest.approx((0, 53.33, 128, 138.67), abs=0.01)
    even = frame.even(frame.fold(density()))
    assert even[:4].sum() == even[-4:].sum() == 0

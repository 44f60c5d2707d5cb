"""What the ``density`` head is taught of photos in tiles: what of each photo lies in each tile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.features.maps import Maps
from backbones.photos.tiles import Layout
from ensemble.heads.blending import cut_tiles
from ensemble.heads.cells import LEAST_INSIDE, nearest_cell, shares_in
from ensemble.heads.density_batches import Training
from ensemble.heads.density_labels import Count, pack_labels
from ensemble.heads.density_map import Boxes, profiles
from ensemble.heads.parts import Part

Numbers = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

#: Of the cells of a region, the share that a tile may lack that holds it: rounding.
_ROUNDING = 1e-5

#: Objects whose shares in all rows and columns of a canvas are in memory together.
_TOGETHER = 512


@dataclass(frozen=True)
class _Taught:
    """A tile that something is known of."""

    density: Floats  #: (rows, columns)
    inside: Floats  #: likewise, the share of each cell in which objects are labelled
    counts: list[Count]
    is_located: bool


def tiled_data(
    maps: Maps,
    target: Numbers,
    weights: Numbers | None,
    boxes: Sequence[Boxes | None] | None,
    parts: Sequence[Part | None] | None,
    stride: int,
) -> Training:
    """Put together what ``Density.fit`` is given of photos in tiles; an entry a tile.

    Boxes and parts are in fractions of the canvas. A tile is taught the share of each object that
    lies in it, and their sum; of objects in unknown places it is taught the count of a region, or
    photo, that it holds, or nothing. Tiles that are taught nothing are left out.
    """
    assert maps.layouts is not None
    count = len(target)
    located, known = boxes or [None] * count, parts or [None] * count
    weights = np.ones(count) if weights is None else weights
    rows: list[int] = []
    taught: list[_Taught] = []
    weight: list[float] = []
    first = 0
    for one in range(count):
        layout = maps.layouts[one]
        tiles = _teach(layout, located[one], known[one], float(target[one]), stride)
        for row, tile in enumerate(tiles, first):
            if tile.counts:
                rows.append(row)
                taught.append(tile)
                weight.append(float(weights[one]))
        first += len(layout.tiles)
    if not taught:
        raise InputError("density: no tile holds what is counted; give it boxes, points or areas")
    in_part = any(not tile.is_located or (tile.inside < 1).any() for tile in taught)
    labelled = None
    if in_part:
        labelled = pack_labels([one.inside for one in taught], [one.counts for one in taught])
    return Training(
        maps.frames[np.array(rows, dtype=np.intp)],
        np.array([one.counts[0][1] for one in taught], dtype=np.float32),
        np.stack([one.density for one in taught]),
        np.array([one.is_located for one in taught], dtype=np.float32),
        (np.array(weight) / np.mean(weight)).astype(np.float32),
        labelled,
    )


def _teach(
    layout: Layout, boxes: Boxes | None, part: Part | None, total: float, stride: int
) -> Iterator[_Taught]:
    """What is known of each tile of a photo."""
    grid = (layout.canvas[0] // stride, layout.canvas[1] // stride)
    inside = np.ones(grid, dtype=np.float32)
    if part is not None and part.area is not None:
        inside = shares_in(part.area, grid)
    density = _spread(boxes, inside)
    held = _held(layout, _counts(part, total, grid), stride)
    within = zip(
        cut_tiles(density, layout, stride), cut_tiles(inside, layout, stride), held, strict=True
    )
    for own, labelled, counts in within:
        if boxes is not None and not counts and labelled.any():
            counts = [(labelled, float(own.sum(dtype=np.float64)))]
        yield _Taught(own, labelled, counts, boxes is not None)


def _spread(boxes: Boxes | None, inside: Floats) -> Floats:
    """The density over a canvas, as ``density_in`` makes it, but of a few objects at a time.

    They come by their height in the photo, so that only some rows of cells are dealt with.
    """
    density = np.zeros(inside.shape, dtype=np.float64)
    boxes = np.empty((0, 4)) if boxes is None else boxes
    ordered = boxes[np.argsort(boxes[:, 1] + boxes[:, 3], kind="stable")]
    for start in range(0, len(ordered), _TOGETHER):
        some = ordered[start : start + _TOGETHER]
        down, across = profiles(some, inside.shape)
        first, last = np.flatnonzero(down.any(axis=0))[[0, -1]]
        here, down = inside[first : last + 1], down[:, first : last + 1]
        sums = ((down @ here) * across).sum(axis=1)
        near = sums > LEAST_INSIDE
        spread = (down[near] / sums[near, np.newaxis]).T @ across[near]
        density[first : last + 1] += here * spread
        for box in some[~near]:
            density[nearest_cell(box, inside)] += 1
    return density.astype(np.float32)


def _counts(part: Part | None, total: float, grid: tuple[int, int]) -> Iterator[Count]:
    """The counts that are known of a photo, each with the cells that it is of."""
    if part is None or part.is_whole:
        yield np.ones(grid, dtype=np.float32), total
    if part is not None:
        for shape, number in zip(part.regions, part.counts, strict=True):
            yield shares_in(shape, grid), number


def _held(layout: Layout, counts: Iterable[Count], stride: int) -> list[list[Count]]:
    """The counts that each tile holds: of a whole region, or of a part of one without objects."""
    held: list[list[Count]] = [[] for _ in layout.tiles]
    for shares, number in counts:
        least = shares.sum(dtype=np.float64) * (1 - _ROUNDING)
        for own, here in zip(held, cut_tiles(shares, layout, stride), strict=True):
            if here.any() and (number == 0 or here.sum(dtype=np.float64) >= least):
                own.append((here.copy(), number))  # or all canvases would stay in memory
    return held

"""The densities of a photo's tiles, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from backbones.photos.tiles import Layout, Side

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]


def tile_weights(side: Side, stride: int) -> Numbers:
    """How much of each cell along a side comes from each tile, float64 (tiles, cells of a tile).

    It falls off linearly over what a tile has in common with the next: near its end a network sees
    less of what is around. What the tiles give to a cell adds up to 1.

    >>> tile_weights(Side(length=96, tile=64, starts=(0, 32)), stride=16).tolist()
    [[1.0, 1.0, 0.75, 0.25], [0.25, 0.75, 1.0, 1.0]]
    """
    starts, cells = np.array(side.starts) // stride, side.tile // stride
    middle = np.arange(cells) + 0.5
    weights = np.ones((len(starts), cells))
    for one, common in enumerate(starts[:-1] + cells - starts[1:]):
        if common > 0:
            weights[one] = np.minimum(weights[one], (cells - middle) / common)
            weights[one + 1] = np.minimum(weights[one + 1], middle / common)
    total = np.zeros(starts[-1] + cells)
    spans = [slice(start, start + cells) for start in starts]
    for span, weight in zip(spans, weights, strict=True):
        total[span] += weight
    shares: Numbers = weights / np.stack([total[span] for span in spans])
    return shares


def blend(tiles: Iterable[Floats], layouts: Iterable[Layout], stride: int) -> Iterator[Floats]:
    """Yield the density of each photo, float32 (rows, columns), over its canvas.

    Parameters
    ----------
    tiles : iterable of float32 (rows, columns)
        The densities of the tiles, photo by photo, in the order of ``Layout.tiles``.
    stride : int
        Side of a cell; it divides ``backbones.photos.tiles.STEP``.
    """
    coming = iter(tiles)
    for layout in layouts:
        canvas = np.zeros((layout.canvas[0] // stride, layout.canvas[1] // stride))
        down, across = tile_weights(layout.down, stride), tile_weights(layout.across, stride)
        weights = (np.outer(rows, columns) for rows in down for columns in across)
        for tile, weight in zip(layout.tiles, weights, strict=True):
            _cut(canvas, tile.top, tile.left, weight.shape, stride)[...] += weight * next(coming)
        yield canvas.astype(np.float32)


def cut_tiles(canvas: npt.NDArray[np.float32], layout: Layout, stride: int) -> Iterator[Floats]:
    """Yield what each tile has of a canvas of cells, float32 (rows, columns): views of it."""
    shape = (layout.down.tile // stride, layout.across.tile // stride)
    for tile in layout.tiles:
        yield _cut(canvas, tile.top, tile.left, shape, stride)


def _cut(
    canvas: npt.NDArray[np.floating], top: int, left: int, shape: tuple[int, ...], stride: int
) -> npt.NDArray[np.floating]:
    row, column = top // stride, left // stride
    return canvas[row : row + shape[0], column : column + shape[1]]

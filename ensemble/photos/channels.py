"""What a photo shows on the whole: the mean of each channel of a network's features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps, Rows
from backbones.networks.backbone import Backbone

Matrix = npt.NDArray[np.float32]

#: Photos whose maps are in memory together.
_BLOCK = 32


def channel_means(features: npt.NDArray[np.floating] | Maps) -> Matrix:
    """A row of numbers a photo, float32 (n, channels).

    Maps are averaged over their cells, and those of tiles over the tiles, and stand side by side;
    pooled features are taken as they are.
    """
    if not isinstance(features, Maps):
        return np.asarray(features, dtype=np.float32)
    means = _block_means(features.frames)
    if features.layouts is None:
        return np.concatenate([block for _, block in means])
    tiles = [len(one.tiles) for one in features.layouts]
    photo = np.repeat(np.arange(len(tiles)), tiles)
    sums = np.zeros((len(tiles), sum(shape[-1] for shape in features.shapes)))
    for rows, block in means:  # those of all tiles of many photos would not fit into memory
        np.add.at(sums, photo[rows], block)
    mean: Matrix = (sums / np.array(tiles)[:, np.newaxis]).astype(np.float32)
    return mean


def fewest_channels(backbones: Sequence[Backbone]) -> Backbone:
    """The backbone with the shortest rows of means, the first of several."""
    return min(backbones, key=count_channels)


def count_channels(backbone: Backbone) -> int:
    """The length of a row of means."""
    if backbone.spec.keeps_maps:
        return sum(channels for _, _, channels in backbone.shapes)
    return backbone.length


def _block_means(maps: Maps) -> Iterator[tuple[Rows, Matrix]]:
    """The positions of some photos, and their rows; block by block."""
    for rows in np.split(np.arange(len(maps)), range(_BLOCK, len(maps), _BLOCK)):
        yield rows, _average(maps.read(rows))


def _average(maps: Sequence[npt.NDArray[np.float16]]) -> Matrix:
    return np.hstack([one.mean(axis=(1, 2), dtype=np.float32) for one in maps])

"""What a photo shows on the whole: the mean of each channel of a network's features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps
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
    frames = features.frames
    blocks = np.split(np.arange(len(frames)), range(_BLOCK, len(frames), _BLOCK))
    means = np.concatenate([_average(frames.read(rows)) for rows in blocks])
    if features.layouts is None:
        return means
    ends = np.cumsum([len(one.tiles) for one in features.layouts])[:-1]
    return np.stack([tiles.mean(axis=0) for tiles in np.split(means, ends)])


def fewest_channels(backbones: Sequence[Backbone]) -> Backbone:
    """The backbone with the shortest rows of means, the first of several."""
    return min(backbones, key=count_channels)


def count_channels(backbone: Backbone) -> int:
    """The length of a row of means."""
    if backbone.spec.keeps_maps:
        return sum(channels for _, _, channels in backbone.shapes)
    return backbone.length


def _average(maps: Sequence[npt.NDArray[np.float16]]) -> Matrix:
    return np.hstack([one.mean(axis=(1, 2), dtype=np.float32) for one in maps])

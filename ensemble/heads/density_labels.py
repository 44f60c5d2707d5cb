"""What the ``density`` head is taught of each photo: its objects, its counts, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps
from ensemble.heads.cells import density_in, shares_in
from ensemble.heads.density_batches import Labelled, Training
from ensemble.heads.density_map import Boxes, density_map
from ensemble.heads.parts import Part

Numbers = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Grid = tuple[int, int]

#: The cells that a count is of, the share of each, and the count.
Count = tuple[Floats, float]


def training_data(
    maps: Maps,
    target: Numbers,
    weights: Numbers | None,
    boxes: Sequence[Boxes | None] | None,
    parts: Sequence[Part | None] | None,
    grid: Grid,
) -> Training:
    """Put together what ``Density.fit`` is given; weights are of mean 1."""
    located = [None] * len(target) if boxes is None else boxes
    weights = np.ones(len(target)) if weights is None else weights / weights.mean()
    labelled = None
    if parts is not None and any(parts):
        labelled = _labelled(target, parts, grid)
    inside = [None] * len(target) if labelled is None else labelled.inside
    densities = [_density(*one, grid) for one in zip(located, inside, strict=True)]
    return Training(
        maps,
        target.astype(np.float32),
        np.stack(densities).astype(np.float32),
        np.array([one is not None for one in located], dtype=np.float32),
        weights.astype(np.float32),
        labelled,
    )


def _density(boxes: Boxes | None, inside: Floats | None, grid: Grid) -> npt.NDArray[Any]:
    """The density of a photo, `inside` the area that is labelled; 0 where it is not known."""
    if boxes is None:
        return np.zeros(grid)
    if inside is None or (inside == 1).all():
        return density_map(boxes, grid)
    return density_in(boxes, inside)


def _labelled(target: Numbers, parts: Sequence[Part | None], grid: Grid) -> Labelled:
    whole = np.ones(grid, dtype=np.float32)
    inside = np.tile(whole, (len(parts), 1, 1))
    known: list[list[Count]] = []
    for row, (part, total) in enumerate(zip(parts, target.tolist(), strict=True)):
        counts = [(whole, total)] if part is None or part.is_whole else []
        if part is not None and part.area is not None:
            inside[row] = shares_in(part.area, grid)
            counts = counts or [(inside[row], total)]
        elif part is not None:
            shapes = zip(part.regions, part.counts, strict=True)
            counts += [(shares_in(shape, grid), number) for shape, number in shapes]
        known.append(counts)
    return pack_labels(list(inside), known)


def pack_labels(inside: Sequence[Floats], known: Sequence[Sequence[Count]]) -> Labelled:
    """The labels of frames: what is `inside` of each, (rows, columns), and the counts of it."""
    most = max(map(len, known))
    regions = np.zeros((len(known), *inside[0].shape, most), dtype=np.float32)
    counts_of = np.zeros((len(known), most, 2), dtype=np.float32)
    for row, counts in enumerate(known):
        for column, (shares, number) in enumerate(counts):
            regions[row, ..., column] = shares
            counts_of[row, column] = number, 1
    return Labelled(np.stack(inside), regions, counts_of)

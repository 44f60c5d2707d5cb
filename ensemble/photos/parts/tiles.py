"""Counts that no tile of their photo holds, and that so teach nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError, first_ten
from backbones.photos.tiles import Layout, Size, Tiling
from backbones.plural import count
from ensemble.digits import format_given
from ensemble.heads import Boxes, Part

#: Pixels by which a region may reach beyond the tile that holds it: rounding.
_ROUNDING = 1e-6


def refuse_untaught(
    names: Sequence[str],
    sizes: Sequence[Size],
    boxes: Sequence[Boxes | None],
    parts: Sequence[Part | None],
    target: npt.NDArray[np.float64],
    view: tuple[Size, Tiling],
) -> None:
    """Refuse photos of which a head that sees tiles could learn nothing.

    Parameters
    ----------
    sizes : sequence of (int, int)
        Height and width of each photo, pixels.
    boxes : sequence
        Of objects in known places, by photo; None where they are not known.
    parts : sequence
        What is labelled of each photo in part, pixels.

    Raises
    ------
    InputError
        The objects of photos lie in unknown places, and their counts are of more than one tile.
    """
    (size, tiling), untaught = view, []
    for name, photo, located, part, total in zip(
        names, sizes, boxes, parts, target.tolist(), strict=True
    ):
        layout = tiling.layout(photo, size)
        if (
            located is not None
            or _is_held_whole(layout, part, total)
            or _holds(layout, photo, part)
        ):
            continue
        untaught.append(f"{name}: {format_given(total)} in {count(len(layout.tiles), 'tile')}")
    if untaught:
        raise InputError(
            "photos whose count no tile holds, so that nothing is learned of them; say where their "
            "objects are (data.boxes, data.points or data.objects), in a part of each at least "
            "(data.areas), or give counts of regions that tiles hold (data.counts), enlarge "
            "tile.size, or leave them out:",
            first_ten(untaught),
        )


def _is_held_whole(layout: Layout, part: Part | None, total: float) -> bool:
    """Whether the count of the whole photo is known, and of one tile, or 0."""
    known = part is None or part.is_whole
    return known and (total == 0 or len(layout.tiles) == 1)


def _holds(layout: Layout, photo: Size, part: Part | None) -> bool:
    """Whether a tile holds a region with objects: by empty ones alone all would seem empty."""
    if part is None or not part.regions:
        return False
    scale = np.tile(np.divide(layout.photo[::-1], photo[::-1]), 2)
    ends = np.array([shape.bounds for shape in part.regions]) * scale
    ends = ends.clip(0, np.tile(layout.photo[::-1], 2))
    low, high = ends[:, :2] + _ROUNDING, ends[:, 2:] - _ROUNDING
    tiles = np.array([(left, top) for top, left in layout.tiles])[:, np.newaxis]
    frame = (layout.across.tile, layout.down.tile)
    inside = ((tiles <= low) & (high <= tiles + frame)).all(axis=2)
    empty = np.array(part.counts) == 0
    return bool(inside[:, ~empty].any() or empty.all())

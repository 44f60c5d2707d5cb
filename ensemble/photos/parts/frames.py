"""The labelled parts of photos: from pixels of the photo to the frame that a network sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from backbones.errors import InputError, first_ten
from backbones.photos import framing
from ensemble.digits import format_given
from ensemble.heads import Part

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Size = tuple[int, int]

#: Fraction of a photo's side by which a part may extend beyond it: annotators round.
_SLACK = 0.02

#: Fraction of a photo that regions leave out if they cover it.
_LEFT_OUT = 0.001


def check_parts(
    parts: Mapping[str, Part], sizes: Mapping[str, Size], target: Mapping[str, float]
) -> None:
    """Check parts against the photos: their heights and widths, and their targets.

    Raises
    ------
    InputError
        Parts end outside of their photos; or the counts of regions that cover a photo differ from
        its target.
    """
    outside, other = [], []
    for name, part in parts.items():
        height, width = sizes[name]
        ends = shapely.total_bounds(list(part.shapes)) / [width, height, width, height]
        if ends.min() < -_SLACK or ends.max() > 1 + _SLACK:
            outside.append(f"{name}, of {width} x {height} pixels")
        photo = shapely.box(0, 0, width, height)
        covered = sum(shapely.intersection(shape, photo).area for shape in part.regions)
        counted = sum(part.counts)
        is_other = abs(counted - target[name]) > 1e-6 * max(counted, 1)
        if part.is_whole and is_other and covered >= (1 - _LEFT_OUT) * photo.area:
            total, whole = format_given(counted), format_given(target[name])
            other.append(f"{name}: {total} in its regions, target {whole}")
    if outside:
        raise InputError(
            "photos with areas or regions that end outside of them; they must be in pixels of the "
            "photo as a viewer shows it:",
            first_ten(outside),
        )
    if other:
        raise InputError(
            "photos whose regions cover them, with other counts than their target; correct the "
            "one or the other:",
            first_ten(other),
        )


def parts_in_frame(
    names: Sequence[str],
    sizes: Sequence[Size],
    parts: Sequence[Part | None],
    size: Size,
    resize: framing.Framing,
) -> list[Part | None]:
    """Return the parts of each photo in fractions of the frame; None of photos without any.

    The margins of a letterbox belong to an area, and are a region of count 0: nothing is there,
    which a network that sees parts alone would not learn.

    Raises
    ------
    InputError
        Areas that lie in what is cropped away.
    """
    found, cropped = [], []
    for name, photo, part in zip(names, sizes, parts, strict=True):
        placed = None if part is None else _in_frame(part, photo, size, resize)
        if placed is not None and not sum(shape.area for shape in placed.shapes):
            cropped.append(name)
        found.append(placed)
    if cropped:
        raise InputError(
            "photos with areas or regions outside of what a network sees; take resize: letterbox "
            "or squash in place of crop, or remove these:",
            first_ten(cropped),
        )
    return found


def _in_frame(part: Part, photo: Size, size: Size, resize: framing.Framing) -> Part:
    def place(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        fractions = np.tile(points / [photo[1], photo[0]], 2)
        return framing.boxes_in_frame(fractions, photo, size, resize)[:, :2]

    frame = shapely.box(0, 0, 1, 1)
    whole = shapely.transform(shapely.box(0, 0, photo[1], photo[0]), place)
    margins = shapely.difference(frame, whole)

    def cut(shape: BaseGeometry) -> BaseGeometry:
        seen = shapely.intersection(
            shapely.intersection(shapely.transform(shape, place), whole), frame
        )
        return shapely.normalize(seen)

    if part.area is not None:
        area = cut(part.area)
        return replace(part, area=shapely.union(area, margins) if area.area else area)
    regions, counts = tuple(map(cut, part.regions)), part.counts
    if margins.area > 1e-9 and any(one.area for one in regions):
        regions, counts = (*regions, margins), (*counts, 0.0)
    return replace(part, regions=regions, counts=counts)

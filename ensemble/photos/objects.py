"""The positions of the objects in each photo, as heads use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.photos import framing
from backbones.photos.sizes import photo_sizes
from backbones.plural import count
from ensemble.digits import format_given
from ensemble.heads import Boxes, Part
from ensemble.photos.dataset import Dataset
from ensemble.photos.parts.frames import check_parts, parts_in_frame
from ensemble.photos.units import check_scale

_CORNERS = ["xmin", "ymin", "xmax", "ymax"]

#: Fraction of a photo's side by which a box may extend beyond it: annotators round.
_SLACK = 0.02


@dataclass(frozen=True)
class Objects:
    """The boxes of the objects in each photo; None if it has objects of unknown position."""

    boxes: list[Boxes | None]  #: (m, 4) a photo: xmin, ymin, xmax, ymax as fractions of the photo
    sizes: list[tuple[int, int]]  #: height and width of each photo, pixels
    #: what is labelled of each photo in part, pixels; None if every photo is labelled as a whole
    parts: Sequence[Part | None] | None = None
    names: Sequence[str] = ()  #: of the photos, for messages about parts

    @property
    def is_located(self) -> list[bool]:
        """Whether the place of every object of a photo is known, and not in a part of it alone."""
        parts = [None] * len(self.boxes) if self.parts is None else self.parts
        both = zip(self.boxes, parts, strict=True)
        return [boxes is not None and part is None for boxes, part in both]

    def in_frame(self, size: tuple[int, int], resize: framing.Framing) -> list[Boxes | None]:
        """Return the boxes as fractions of the frame that a network sees."""
        return [
            None if boxes is None else framing.boxes_in_frame(boxes, photo, size, resize)
            for boxes, photo in zip(self.boxes, self.sizes, strict=True)
        ]

    def parts_in_frame(
        self, size: tuple[int, int], resize: framing.Framing
    ) -> list[Part | None] | None:
        """Return what is labelled in fractions of that frame; None where every photo is whole."""
        if self.parts is None:
            return None
        return parts_in_frame(self.names, self.sizes, self.parts, size, resize)


def locate_objects(photos: Dataset, cache: Path | None = None) -> Objects:
    """Locate the objects of each photo; a photo of target 0 without rows has none.

    One with an area has those of its rows alone; one with counted regions, none that are known.

    Of photos behind URLs the folder `cache` has the sizes.

    Raises
    ------
    InputError
        Photos whose number of rows differs from their target, or whose boxes, or parts, lie outside
        of them.
    """
    rows, parts = _by_photo(photos.objects), photos.parts
    in_areas = {name for name, part in parts.items() if part.area is not None}
    _refuse_other_counts(
        photos, {name: len(found) for name, found in rows.items() if name not in in_areas}
    )
    sizes = photo_sizes(photos.paths, cache)
    size_of = dict(zip(photos.names.tolist(), sizes, strict=True))
    spread = [name for name in rows if name not in in_areas]
    check_scale([rows[name] for name in spread], [size_of[name] for name in spread])
    located: list[Boxes | None] = []
    outside = []
    for name, (height, width), target in zip(photos.names, sizes, photos.target, strict=True):
        if name not in rows:
            is_empty = name in in_areas or (target == 0 and name not in parts)
            located.append(np.empty((0, 4)) if is_empty else None)
            continue
        boxes = rows[name] / [width, height, width, height]
        if boxes.max() > 1 + _SLACK:
            outside.append(f"{name}, of {width} x {height} pixels")
        located.append(boxes)
    if outside:
        raise InputError(
            "photos with boxes or points that end outside of them; they must be in pixels of the "
            f"photo as a viewer shows it{_swapped(rows, size_of)}:",
            first_ten(outside),
        )
    if parts:
        targets = dict(zip(photos.names.tolist(), photos.target.tolist(), strict=True))
        check_parts(parts, size_of, targets)
    names = photos.names.tolist()
    return Objects(located, sizes, [parts.get(name) for name in names] if parts else None, names)


def _swapped(rows: dict[str, Boxes], sizes: dict[str, tuple[int, int]]) -> str:
    """Says so where all would lie within their photos if x were y."""
    inside = all(
        (boxes / [*sizes[name], *sizes[name]]).max() <= 1 + _SLACK for name, boxes in rows.items()
    )
    return "; x and y look as if they were swapped" if inside else ""


def _by_photo(objects: pd.DataFrame | None) -> dict[str, Boxes]:
    if objects is None or objects.empty:
        return {}
    rows = objects.sort_values("name", kind="stable")
    names, starts = np.unique(rows["name"].to_numpy(dtype=str), return_index=True)
    parts = np.split(rows[_CORNERS].to_numpy(dtype=np.float64), starts[1:])
    return dict(zip(names.tolist(), parts, strict=True))


def _refuse_other_counts(photos: Dataset, counts: dict[str, int]) -> None:
    mismatches = [
        f"{name}: {count(counts[name], 'row')}, target {format_given(target)}"
        for name, target in zip(photos.names, photos.target, strict=True)
        if name in counts and counts[name] != target
    ]
    if mismatches:
        raise InputError(
            "photos with other numbers of boxes or points than their target; complete their rows, "
            "or remove them all, so that the target alone is learned; where only a part of a photo "
            "is labelled, data.areas says which:",
            first_ten(mismatches),
        )

"""The positions of the objects in each photo, as heads use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.photos import images
from backbones.photos.sizes import photo_sizes
from backbones.plural import count
from ensemble.digits import format_given
from ensemble.heads import Boxes
from ensemble.photos.dataset import Dataset
from ensemble.photos.units import check_scale

_CORNERS = ["xmin", "ymin", "xmax", "ymax"]

#: Fraction of a photo's side by which a box may extend beyond it: annotators round.
_SLACK = 0.02


@dataclass(frozen=True)
class Objects:
    """The boxes of the objects in each photo; None if it has objects of unknown position."""

    boxes: list[Boxes | None]  #: (m, 4) a photo: xmin, ymin, xmax, ymax as fractions of the photo
    sizes: list[tuple[int, int]]  #: height and width of each photo, pixels

    def in_frame(self, size: tuple[int, int], resize: images.Resize) -> list[Boxes | None]:
        """Return the boxes as fractions of the frame that a network sees."""
        return [
            None if boxes is None else images.boxes_in_frame(boxes, photo, size, resize)
            for boxes, photo in zip(self.boxes, self.sizes, strict=True)
        ]


def locate_objects(photos: Dataset, cache: Path | None = None) -> Objects:
    """Locate the objects of each photo; a photo of target 0 without rows has none.

    Of photos behind URLs the folder `cache` has the sizes.

    Raises
    ------
    InputError
        Photos whose number of rows differs from their target, or whose boxes lie outside of them.
    """
    rows = _by_photo(photos.objects)
    _refuse_other_counts(photos, {name: len(corners) for name, corners in rows.items()})
    sizes = photo_sizes(photos.paths, cache)
    size_of = dict(zip(photos.names.tolist(), sizes, strict=True))
    check_scale(list(rows.values()), [size_of[name] for name in rows])
    located: list[Boxes | None] = []
    outside = []
    for name, (height, width), target in zip(photos.names, sizes, photos.target, strict=True):
        if name not in rows:
            located.append(None if target else np.empty((0, 4)))
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
    return Objects(located, sizes)


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
            "or remove them all, so that the target alone is learned:",
            first_ten(mismatches),
        )

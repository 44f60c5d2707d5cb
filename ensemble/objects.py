"""Where the objects of each photo lie, as a head sees them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from backbones import images
from backbones.errors import InputError, first_ten
from ensemble.dataset import Dataset
from ensemble.heads import Boxes


def located(photos: Dataset, size: tuple[int, int], resize: images.Resize) -> list[Boxes | None]:
    """For each photo its objects (m, 4) as fractions of the frame that a network sees.

    The columns are xmin, ymin, xmax, ymax. It is None where a photo has no rows but a target
    above 0: then only the target is known.

    Raises
    ------
    InputError
        Photos whose rows are not as many as their target says, or lie outside of them.
    """
    rows = pd.DataFrame(columns=["name", *_CORNERS]) if photos.objects is None else photos.objects
    corners = {str(name): group[_CORNERS] for name, group in rows.groupby("name")}
    _refuse_other_counts(photos, {name: len(group) for name, group in corners.items()})
    found: list[Boxes | None] = []
    outside = []
    for name, path, target in zip(photos.names, photos.paths, photos.target, strict=True):
        if name not in corners:
            found.append(None if target else np.empty((0, 4)))
            continue
        height, width = images.upright_size(path)
        boxes = corners[name].to_numpy(dtype=np.float64) / [width, height, width, height]
        if boxes.max() > 1 + _SLACK:
            outside.append(f"{name}, of {width} x {height} pixels")
        found.append(images.placed(boxes, (height, width), size, resize))
    if outside:
        raise InputError(
            "photos with boxes or points that end outside of them; they must be in pixels of the "
            "photo as a viewer shows it:",
            first_ten(outside),
        )
    return found


_CORNERS = ["xmin", "ymin", "xmax", "ymax"]

#: Of the photo's sides, by which a box may stand out: annotators round.
_SLACK = 0.02


def _refuse_other_counts(photos: Dataset, counts: dict[str, int]) -> None:
    unlike = [
        f"{name}: {counts[name]} rows, target {target:g}"
        for name, target in zip(photos.names, photos.target, strict=True)
        if name in counts and counts[name] != target
    ]
    if unlike:
        raise InputError(
            "photos with other numbers of boxes or points than their target; complete their rows, "
            "or remove them all, so that the target alone is learned:",
            first_ten(unlike),
        )

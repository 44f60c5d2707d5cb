"""What photos look like: their size, how bright and how sharp they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from backbones.features.measures import APPEARANCE
from backbones.photos.appearance import NAMES
from backbones.photos.sizes import photo_sizes
from ensemble.photos.dataset import Dataset


def read_appearance(photos: Dataset, digests: Sequence[str], cache: Path) -> pd.DataFrame:
    """``name, height, width, brightness, sharpness``; a row a photo.

    Sides are in pixels of the upright photo; for the others see ``backbones.photos.appearance``.

    Raises
    ------
    InputError
        A photo was not measured, or its size cannot be read.
    """
    sizes = pd.DataFrame(photo_sizes(photos.paths, cache), columns=["height", "width"])
    measured = pd.DataFrame(APPEARANCE.read(cache, digests), columns=list(NAMES)).round(3)
    table = pd.concat([sizes, measured], axis=1)
    table.insert(0, "name", photos.photo_names)
    return table

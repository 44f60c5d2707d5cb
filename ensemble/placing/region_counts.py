"""The number in regions of new photos, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd

from ensemble.config.columns import LOWER, UPPER
from ensemble.densities.shapes import shares_inside
from ensemble.photos.regions import REGION, Region
from ensemble.placing.block import Placed
from ensemble.scoring.intervals import Intervals, Limits

#: The column of what is counted in a region.
COUNT = "count"


class RegionCounts:
    """Counts regions; those of photos that cannot be used stay without a count.

    Parameters
    ----------
    name : str
        Of the column of names.
    intervals : Intervals, optional
        Of counts in regions; without them the ends stay empty.
    limits : two floats
        The smallest and the largest possible target.
    """

    #: Those beside the name.
    COLUMNS: ClassVar[tuple[str, ...]] = (REGION, COUNT, LOWER, UPPER)

    def __init__(
        self, regions: Sequence[Region], name: str, intervals: Intervals | None, limits: Limits
    ) -> None:
        self._regions, self._name = regions, name
        self._intervals, self._limits = intervals, (0.0, limits[1])
        self._counts = np.full(len(regions), np.nan)
        self._rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, region in enumerate(regions):
            self._rows[region.photo].append(row)

    def take(self, photos: Sequence[Placed]) -> None:
        """Count the regions of some photos."""
        for photo in photos:
            for row in self._rows.get(photo.name, ()):
                shares = shares_inside(self._regions[row].shape, photo.frame)
                self._counts[row] = (shares * photo.folded).sum()

    def table(self) -> pd.DataFrame:
        """The name, ``region``, ``count``, ``lower`` and ``upper``; a row a region."""
        lower = upper = np.full(len(self._counts), np.nan)
        if self._intervals is not None:
            lower, upper = self._intervals.around(self._counts, self._limits)
        return pd.DataFrame(
            {
                self._name: [one.photo for one in self._regions],
                REGION: [one.label for one in self._regions],
                COUNT: self._counts,
                LOWER: lower,
                UPPER: upper,
            }
        )

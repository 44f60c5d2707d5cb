"""The objects of new photos, as points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd

from ensemble.densities.peaks import find_peaks
from ensemble.placing.block import Placed
from ensemble.scoring.points import PointRule

#: The column that tells how much of the number lies around a point.
SCORE = "score"


class PointTable:
    """Finds points by a rule.

    Parameters
    ----------
    name : str
        Of the column of names.
    columns : two str
        Of x and y.
    """

    #: Those beside the name and the place.
    COLUMNS: ClassVar[tuple[str, ...]] = (SCORE,)

    def __init__(self, rule: PointRule, name: str, columns: Sequence[str]) -> None:
        self._rule = rule
        self._columns = [name, *columns, *self.COLUMNS]
        self._found: list[tuple[str, float, float, float]] = []

    def take(self, photos: Sequence[Placed]) -> None:
        """Find the points of some photos."""
        for photo in photos:
            peaks = find_peaks(photo.density[np.newaxis], self._rule.distance)
            peaks = peaks.take(peaks.score >= self._rule.threshold)
            for x, y, score in zip(peaks.x, peaks.y, peaks.score, strict=True):
                left, top = photo.frame.place(float(x), float(y))
                self._found.append((photo.name, left, top, float(score)))

    def table(self) -> pd.DataFrame:
        """The name, x and y in pixels of the photo, and ``score``; those of a photo by score."""
        return pd.DataFrame(self._found, columns=self._columns)

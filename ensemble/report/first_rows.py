"""The first rows of a submission, as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ensemble.config.columns import LOWER, UPPER
from ensemble.digits import format_score

#: How many are shown.
ROWS = 5


def first_rows(submission: pd.DataFrame, errors: Mapping[str, float]) -> list[str]:
    """A header and rows, one under the other; a target to the places that its error decides.

    Parameters
    ----------
    submission : DataFrame
        A row a photo.
    errors : mapping of str to float
        The columns of predictions, and how far off they are; see ``usual_error``.

    >>> rows = pd.DataFrame({"photo": ["a.jpg", "b.jpg"], "price": [397084.8, 1.0542341e6]})
    >>> for line in first_rows(rows, {"price": 52_384.0}):
    ...     print(line)
    photo     price
    a.jpg   397,000
    b.jpg 1,054,000
    """
    shown = submission.head(ROWS).copy()
    for target, error in errors.items():
        values: Sequence[float] = shown[target].tolist()
        shown[target] = [format_score(value, error) for value in values]
    return shown.to_string(index=False).splitlines()


def usual_error(predictions: pd.DataFrame) -> float:
    """Half the median width of the intervals of predictions; 0 where none has two ends.

    >>> usual_error(pd.DataFrame({"lower": [0.0, 1.0, 2.0], "upper": [1.0, 3.0, float("inf")]}))
    0.75
    """
    half = ((predictions[UPPER] - predictions[LOWER]) / 2).to_numpy(dtype=np.float64)
    half = half[np.isfinite(half)]
    return float(np.median(half)) if len(half) else 0.0

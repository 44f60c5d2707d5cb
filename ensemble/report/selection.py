"""Which photos show how good predictions are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ensemble.config.columns import STACK

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

#: Of all photos, by error, among which the best and the typical are chosen.
SHARE = 0.1

#: Photos of a kind that a report shows.
EACH = 24


@dataclass(frozen=True)
class Selection:
    """Positions of photos; in the first two rows the target rises, in the last the error falls."""

    best: Rows
    typical: Rows
    worst: Rows


def select_photos(target: Numbers, predictions: Numbers, each: int) -> Selection:
    """The best, the typical and the worst of n photos, by absolute error: `each` of a kind.

    The best are of the tenth with the smallest errors, the typical of the tenth around the
    median: of these, photos spread evenly over the targets that occur there, so that they are not
    all of the commonest. The worst are those with the largest errors. Where
    there are fewer than three times `each` photos, a row has a third of them, and no photo is in
    two rows. Photos with the same error keep their order.

    >>> select_photos(np.arange(9.0), np.arange(9.0) + [0, 4, 0, 1, 1, 1, 9, 0, 4], each=3)
    Selection(best=array([0, 2, 7]), typical=array([3, 4, 5]), worst=array([6, 8, 1]))
    """
    each = min(each, max(1, len(target) // 3))
    errors = np.abs(predictions - target)
    by_error = np.argsort(errors, kind="stable")
    pool = max(each, round(SHARE * len(target)))
    start = (len(target) - pool) // 2
    return Selection(
        best=_spread(by_error[:pool], target, each),
        typical=_spread(by_error[start : start + pool], target, each),
        worst=by_error[: -each - 1 : -1],
    )


def choose(photos: pd.DataFrame) -> Selection:
    """Of a table with ``target`` and ``stack``, a row a photo: those that a report shows."""
    return select_photos(photos["target"].to_numpy(), photos[STACK].to_numpy(), EACH)


def _spread(pool: Rows, target: Numbers, count: int) -> Rows:
    by_target = pool[np.argsort(target[pool], kind="stable")]
    return by_target[np.linspace(0, len(pool) - 1, count).round().astype(np.intp)]

"""The contact sheet of a run: photos that show how good its best density is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ensemble.crossfit import Pieces
from ensemble.dataset import Dataset
from ensemble.folds import Folds
from ensemble.leaderboard import Leaderboard
from ensemble.report import page
from ensemble.report.choice import choose
from ensemble.report.shot import predictions, shots
from ensemble.scores import scored

#: Photos of a row.
_EACH = 5


def contact_sheet(
    photos: Dataset,
    folds: Folds,
    pieces: Sequence[Pieces],
    leaderboard: Leaderboard,
    set_aside_above: float | None,
    unit: str,
) -> bytes | None:
    """A PNG of the best, the typical and the worst photos; None where no head has densities.

    It is about the head that scores best of those that have, and, as the scores are, about photos
    that were not set aside. Each photo is shown as the head saw it that was fitted without it.

    Parameters
    ----------
    unit : str
        What is predicted: the name of the target's column.
    """
    by_name = {one.member.name: one for one in pieces if one.has_densities}
    best = next((name for name in leaderboard.scores if name in by_name), None)
    if best is None:
        return None
    kept = np.flatnonzero(scored(photos.target, photos.weight, set_aside_above))
    said = predictions(by_name[best], folds)
    choice = choose(photos.target[kept], said[kept], _EACH)
    rows = {
        "Best: among the smallest errors": choice.best,
        "Typical: around the median error": choice.typical,
        "Worst: the largest errors": choice.worst,
    }
    return page.draw(
        {name: shots(kept[row], photos, by_name[best], folds) for name, row in rows.items()},
        f"{unit} by {best}: RMSE {leaderboard.scores[best].rmse:.2f}",
        "each photo as seen by a head fitted without it; colour: where the count lies"
        + ("" if photos.objects is None else "; white: the labels"),
    )

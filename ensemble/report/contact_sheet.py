"""The contact sheet of a run: photos that show how good its best density is."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from backbones.files import atomic_write
from backbones.key import key
from ensemble.digits import format_measured
from ensemble.photos.dataset import Dataset
from ensemble.report import page
from ensemble.report.density_view import DensityView, density_views, predictions
from ensemble.report.selection import select_photos
from ensemble.scoring.result import FitResult
from ensemble.scoring.scores import scored_photos
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.folds import Folds, Rows

#: Photos of a row.
_EACH = 5

#: Raised whenever the same photos and densities would be drawn in another way.
FORMAT = 2


def contact_sheet(result: FitResult) -> bytes | None:
    """A PNG of the best, the typical and the worst photos; None where no head has densities.

    It is about the head that scores best of those that have, and, as the scores are, about photos
    that were not set aside. Each photo is shown as the head saw it that was fitted without it. The
    cache keeps the picture: another stack changes nothing in it.
    """
    config, photos, leaderboard = result.experiment.config, result.photos, result.leaderboard
    by_name = {one.member.name: one for one in result.fits if one.has_densities}
    best = next((name for name in leaderboard.scores if name in by_name), None)
    if best is None:
        return None
    scores = leaderboard.scores[best]
    rmse = format_measured(scores.rmse, scores.standard_error)
    heading = f"{config.data.columns.target} by {best}: RMSE {rmse}"
    note = "each photo as seen by a head fitted without it; colour: where the count lies"
    note += "" if photos.objects is None else "; white: the labels"
    kept = np.flatnonzero(scored_photos(photos.target, photos.weight, config.score.set_aside_above))
    names = [str(photos.names[row]) for row in kept]
    path = config.cache / "pictures" / f"{_key(by_name[best], names, heading, note)}.png"
    if not path.is_file():
        rows = _rows(kept, photos, by_name[best], result.folds, scores.rmse)
        with atomic_write(path) as partial:
            partial.write_bytes(page.draw_page(rows, heading, note))
    return path.read_bytes()


def _rows(
    kept: Rows, photos: Dataset, fits: MemberFits, folds: Folds, error: float
) -> dict[str, list[DensityView]]:
    choice = select_photos(photos.target[kept], predictions(fits, folds)[kept], _EACH)
    rows = {
        "Best: among the smallest errors": choice.best,
        "Typical: around the median error": choice.typical,
        "Worst: the largest errors": choice.worst,
    }
    return {
        name: density_views(kept[row], photos, fits, folds, error) for name, row in rows.items()
    }


def _key(fits: MemberFits, names: list[str], heading: str, note: str) -> str:
    """Of all that decides the picture: the fits' names say which photos and densities."""
    densities = [path.name for left_out, path in sorted(fits.files.items()) if len(left_out) == 1]
    content = [FORMAT, version("matplotlib"), densities, names, heading, note]
    return key(content)[:32]

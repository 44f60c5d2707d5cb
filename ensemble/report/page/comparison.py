"""The page of a comparison of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ensemble.report.page.html import fill_template
from ensemble.report.page.thumbnails import Thumbnail
from ensemble.scoring.comparison import Difference
from ensemble.scoring.scores import Scores


def render_comparison(
    unit: str,
    photos: pd.DataFrame,
    scores: Mapping[str, Scores],
    differences: Mapping[str, Difference],
    apart: Sequence[str],
    pictures: Mapping[str, Thumbnail],
) -> str:
    """The page as HTML.

    Parameters
    ----------
    unit : str
        What is predicted.
    photos : DataFrame
        ``target`` and a column a run, by the photo's name.
    scores, differences : mapping
        By the name of the run; the first has no difference.
    apart : sequence of str
        Photos to show, with the `pictures` of those that are at hand.
    """
    rows = [
        {
            "name": name,
            "target": float(photos["target"][name]),
            "predictions": [float(photos[run][name]) for run in scores],
        }
        for name in apart
    ]
    return fill_template(
        "comparison.html",
        unit=unit,
        photos=len(photos),
        scores=scores,
        differences=differences,
        rows=rows,
        pictures=pictures,
        metric=next(iter(scores.values())).headline,
        rmse=min(one.rmse for one in scores.values()),
    )

"""The page of a report of new photos."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ensemble.report.checks import NEW_CHECKS
from ensemble.report.outlook import QUANTILES, Outlook
from ensemble.report.page.charts import draw_shares
from ensemble.report.page.html import fill_template
from ensemble.report.page.thumbnails import Thumbnail
from ensemble.scoring.novelty import SHARE


def render_outlook(outlook: Outlook, pictures: Mapping[str, Thumbnail]) -> str:
    """The page as HTML.

    Parameters
    ----------
    pictures : mapping
        Of the photos that are shown, by their names; some, or all, may be missing.
    """
    charts = {"targets": draw_shares(outlook.targets, "targets", outlook.unit, outlook.things)}
    if outlook.novelty is not None:
        charts["novelty"] = draw_shares(outlook.novelty, "novelty", "distance", outlook.things)
    views = [*outlook.certain, *outlook.uncertain]
    widths = [view.upper - view.lower for view in views]
    return fill_template(
        "outlook.html",
        report=outlook,
        pictures=pictures,
        charts=charts,
        checks=len(NEW_CHECKS),
        quantiles=QUANTILES,
        usual=SHARE,
        error=float(np.median(widths)) if np.isfinite(widths).all() else 0.0,
    )

"""The page of a report: one file that needs nothing else, not even a script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ensemble.digits import format_given, format_number, format_score
from ensemble.report.checks import CHECKS
from ensemble.report.contents import Contents
from ensemble.report.page.charts import draw_charts
from ensemble.report.page.densities import Overlay, Overlays, draw_overlay
from ensemble.report.page.thumbnails import Thumbnail, data_uri
from ensemble.terminal.pace import format_duration


def render_page(
    contents: Contents,
    pictures: Mapping[str, Thumbnail],
    overlays: Overlays,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    pictures : mapping
        Of the photos that are shown, by their names; some, or all, may be missing, as may
        `overlays`.
    """
    return fill_template(
        "report.html",
        report=contents,
        pictures=pictures,
        overlays={name: _place(one) for name, one in overlays.by_name.items()},
        densest=overlays.member,
        charts=draw_charts(contents),
        checks=len(CHECKS),
        weights=any(one.weight is not None for one in contents.scores),
        longest=max(one.measured.value for one in contents.scores) or 1.0,
    )


def fill_template(name: str, **content: Any) -> str:
    """A page of the package's own templates, with filters that show numbers.

    In HTML all that comes from data is escaped; only the charts, which this program draws, are not.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("ensemble.report.page"),
        autoescape=select_autoescape(["css", "html"], default=False),
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "amount": partial(format_number, digits=3),
        "beside": format_score,
        "exact": format_given,
        "duration": format_duration,
    }
    return str(environment.get_template(name).render(content))


def _place(overlay: Overlay) -> dict[str, Any]:
    left, top, width, height = (round(100 * share, 2) for share in overlay.frame)
    source = data_uri(draw_overlay(overlay), "image/png")
    boxes, points = [], []
    for x, y, right, bottom in (100 * overlay.objects).round(2).tolist():
        if (x, y) == (right, bottom):
            points.append((x, y))
        else:
            boxes.append((x, y, round(right - x, 2), round(bottom - y, 2)))
    return {
        "source": source,
        "left": left,
        "top": top,
        "width": width,
        "height": height,
        "boxes": boxes,
        "points": points,
    }

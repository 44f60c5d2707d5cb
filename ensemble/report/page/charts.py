"""Charts as inline SVG, whose colours are those of the page: light, dark or printed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from itertools import groupby
from typing import Any

import numpy as np

from backbones.plural import count
from ensemble.report.contents import Contents, Curve
from ensemble.report.outlook import Distribution

#: What is drawn in these colours takes those that the page's style sheet gives these names.
_COLOURS = {"#010203": "ink", "#020304": "faint", "#030405": "line", "#040506": "accent"}
_INK, _FAINT, _LINE, _ACCENT = _COLOURS

#: Of points, which are drawn as pixels: it shows on light and on dark.
_POINTS = "#2a9d78"

#: Inches.
_WIDE, _HIGH = 5.2, 3.7

#: Fits whose curves are drawn of one head: more lines hide each other.
_LINES = 12


def draw_charts(contents: Contents) -> dict[str, str]:
    """SVG elements by name: ``truth``, ``residuals``, and ``curves MEMBER`` of trained heads."""
    charts = {"truth": _truth(contents), "residuals": _residuals(contents)}
    for member, curves in groupby(contents.curves, key=lambda one: one.member):
        charts[f"curves {member}"] = _training(member, list(curves))
    return charts


def draw_shares(distribution: Distribution, name: str, what: str, things: str = "photos") -> str:
    """An SVG element: a line a group of photos over the same bars, the last in the accent.

    Parameters
    ----------
    name : str
        Of the chart in its page.
    what : str
        What is measured of each photo.
    things : str
        What is measured, if it is not photos.
    """
    groups, edges = distribution.groups, distribution.edges
    looks = [(_FAINT, "-", 1.2), (_INK, "--", 1.2), (_ACCENT, "-", 2.2)]
    chosen = [*looks[: len(groups) - 1], looks[-1]]
    with _figure(wide=1.5) as (figure, axes):
        for group, (colour, style, width) in zip(groups, chosen, strict=True):
            shares = [100 * share for share in group.shares]
            axes.stairs(
                shares, edges, color=colour, linestyle=style, linewidth=width, label=group.name
            )
        axes.set_xlabel(what)
        axes.set_ylabel(f"% of {things}")
        axes.legend(frameon=False, labelcolor=_INK)
        names = ", ".join(group.name for group in groups)
        return _svg(figure, name, f"Shares of {things} by {what}: {names}; the table has numbers.")


def _truth(contents: Contents) -> str:
    target, predicted = np.array(contents.target), np.array(contents.predicted)
    ends = [min(target.min(), predicted.min()), max(target.max(), predicted.max())]
    with _figure() as (figure, axes):
        axes.plot(ends, ends, color=_LINE, linewidth=1)
        _scatter(axes, target, predicted)
        axes.set_xlabel(f"{contents.unit}, true")
        axes.set_ylabel(f"{contents.unit}, predicted")
        return _svg(
            figure,
            "truth",
            f"True against predicted {contents.unit} of {count(len(target), 'photo')}; points on "
            "the diagonal are right.",
        )


def _residuals(contents: Contents) -> str:
    target, predicted = np.array(contents.target), np.array(contents.predicted)
    with _figure() as (figure, axes):
        _scatter(axes, predicted, predicted - target)
        axes.axhline(0, color=_LINE, linewidth=1)
        middle = [(one.low + one.high) / 2 for one in contents.levels]
        axes.errorbar(
            middle,
            [one.bias for one in contents.levels],
            yerr=[2 * one.standard_error for one in contents.levels],
            color=_INK,
            linewidth=1.2,
            marker="o",
            markersize=3.5,
            capsize=2,
        )
        axes.set_xlabel(f"{contents.unit}, predicted")
        axes.set_ylabel("predicted less true")
        return _svg(
            figure,
            "residuals",
            "Errors over predictions, with the mean error of each tenth of the photos and twice "
            "its standard error; the table of levels has the numbers.",
        )


def _training(member: str, curves: Sequence[Curve]) -> str:
    """Each curve on axes of its own: a line a fit, that of the final head in ink."""
    names = list(dict.fromkeys(one.name for one in curves))
    with _figure(len(names)) as (figure, all_axes):
        for name, axes in zip(names, np.atleast_1d(all_axes), strict=True):
            lines = [one for one in curves if one.name == name]
            for one in lines[:_LINES] + [line for line in lines[_LINES:] if not line.left_out]:
                final = not one.left_out
                epochs = np.arange(1, 1 + len(one.values))
                axes.plot(
                    epochs,
                    one.values,
                    color=_INK if final else _ACCENT,
                    linewidth=1.6 if final else 0.8,
                    marker="o" if len(one.values) == 1 else "",
                    zorder=3 if final else 2,
                )
            axes.set_title(name, color=_INK, fontsize=10)
            axes.set_xlabel("epoch")
            axes.xaxis.get_major_locator().set_params(integer=True)
        return _svg(
            figure,
            f"curves {member}",
            f"Training curves of {member}: {', '.join(names)} by epoch, a line a fit.",
        )


def _scatter(axes: Any, across: Any, up: Any) -> None:
    """Points as pixels, since thousands of them as lines would take megabytes."""
    size, alpha = (7, 0.4) if len(across) > 1000 else (16, 0.6)
    axes.scatter(across, up, s=size, alpha=alpha, color=_POINTS, linewidths=0, rasterized=True)


@contextmanager
def _figure(columns: int = 1, wide: float = 1) -> Iterator[tuple[Any, Any]]:
    """A figure and its axes, in the page's colours and letters."""
    import matplotlib
    from matplotlib.figure import Figure

    style = {
        "svg.fonttype": "none",
        "svg.hashsalt": "report",
        "font.family": "sans-serif",
        "font.size": 10,
        "text.color": _INK,
        "axes.edgecolor": _LINE,
        "axes.labelcolor": _FAINT,
        "xtick.color": _FAINT,
        "ytick.color": _FAINT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "text.parse_math": False,
    }
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(wide * _WIDE if columns == 1 else 3.4 * columns, _HIGH), dpi=150)
        figure.set_layout_engine("constrained")
        yield figure, figure.subplots(1, columns)


def _svg(figure: Any, name: str, description: str) -> str:
    """The figure as an element that a page may hold beside others."""
    content = io.StringIO()
    unsaid = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(content, format="svg", transparent=True, metadata=unsaid)
    text = content.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    # Identifiers count in the whole page, and every figure has the same ones.
    own = re.sub(r"[^a-z0-9]+", "-", name.lower())
    text = re.sub(r'\bid="', f'id="{own}-', text)
    text = re.sub(r'(url\(#|href="#)', rf"\1{own}-", text)
    for colour, variable in _COLOURS.items():
        text = text.replace(colour, f"var(--{variable})")
    label = escape(description, quote=True)
    return re.sub(r"<svg ", f'<svg role="img" aria-label="{label}" class="chart" ', text, count=1)

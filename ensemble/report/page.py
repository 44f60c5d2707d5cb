"""A page of photos under the density that a head sees in them, with both counts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from backbones.photos import images
from ensemble.digits import format_given, format_score
from ensemble.report.density_view import DensityView

#: Inches: a photo's room, the gaps around it, the lines of text above and below, the edge.
_WIDTH, _HEIGHT, _GAP = 2.7, 1.8, 0.2
_HEADING, _ROW, _TITLE, _NAME = 0.4, 0.32, 0.3, 0.46
_EDGE = 0.35
_DPI = 100

_INK, _FAINT = "#1f2933", "#7b8794"


def draw_page(rows: Mapping[str, Sequence[DensityView]], heading: str, note: str) -> bytes:
    """A PNG of named rows of photos.

    Photos are grey, so that all colour is the density's. It stands for the root of what lies in a
    cell, on a scale that ends at the photo's highest, or at that of one object half as wide and
    high as the photo, where this is more: then little is seen where there is next to nothing.
    """
    from matplotlib.figure import Figure

    columns = max(len(row) for row in rows.values())
    width = 2 * _EDGE + columns * (_WIDTH + _GAP) - _GAP
    height = 2 * _EDGE + _HEADING + len(rows) * (_ROW + _TITLE + _HEIGHT + _NAME) - _NAME / 2
    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="white")
    page = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    page.axis("off")
    _write(page, _EDGE, _EDGE, heading, size=15, weight="bold")
    _write(page, width - _EDGE, _EDGE, note, size=10, color=_FAINT, ha="right")
    top = _EDGE + _HEADING
    for name, row in rows.items():
        page.plot([_EDGE, width - _EDGE], [top - 0.08] * 2, color="#d5dbe3", linewidth=0.8)
        _write(page, _EDGE, top + 0.12, name, size=11, color=_FAINT)
        for place, view in enumerate(row):
            _photo(page, _EDGE + place * (_WIDTH + _GAP), top + _ROW, view)
        top += _ROW + _TITLE + _HEIGHT + _NAME
    content = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a name in letters that the font lacks
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _photo(page: Any, left: float, top: float, view: DensityView) -> None:
    predicted = format_score(view.prediction, view.error)
    title = f"true {format_given(view.target)}, predicted {predicted}"
    below, middle = top + _TITLE + _HEIGHT, left + _WIDTH / 2
    _write(page, middle, top + 0.13, title, size=12, ha="center")
    _write(page, middle, below + 0.13, _short(view.name), size=8, color=_FAINT, ha="center")
    width, height = page.get_xlim()[1], page.get_ylim()[0]
    room = (left / width, 1 - below / height, _WIDTH / width, _HEIGHT / height)
    axes = page.figure.add_axes(room)
    photo = images.decode(view.path.read_bytes(), view.name)
    across, down = photo.size
    photo.thumbnail((2 * _WIDTH * _DPI, 2 * _HEIGHT * _DPI))  # or all of it would be resampled
    axes.imshow(photo.convert("L"), cmap="gray", vmin=0, vmax=255, extent=(0, across, down, 0))
    _density(axes, view, view.frame(down, across))
    _objects(axes, view)
    axes.set(xlim=(0, across), ylim=(down, 0))
    axes.axis("off")


def _density(axes: Any, view: DensityView, frame: tuple[float, float, float, float]) -> None:
    from matplotlib.colors import PowerNorm

    density = view.density.astype(np.float32)
    half_as_wide = 1 / (density.size / 4)
    axes.imshow(
        density,
        cmap=_colours(),
        norm=PowerNorm(0.5, 0, max(float(density.max()), half_as_wide), clip=True),
        extent=frame,
        interpolation="bicubic",
        interpolation_stage="data",
    )


def _objects(axes: Any, view: DensityView) -> None:
    """Boxes as thin frames, points as dots."""
    left, top, right, bottom = view.objects.T
    point = (left == right) & (top == bottom)
    axes.plot(left[point], top[point], "o", color="white", markersize=1.5, markeredgewidth=0)
    across, down = (
        np.array([left, right, right, left, left]),
        np.array([top, top, bottom, bottom, top]),
    )
    axes.plot(across[:, ~point], down[:, ~point], color="white", linewidth=0.5)


def _colours() -> Any:
    """From clear to strong, the more the less transparent."""
    import matplotlib
    from matplotlib.colors import ListedColormap

    steps = np.linspace(0, 1, 256)
    colours = matplotlib.colormaps["inferno"](0.3 + 0.7 * steps)
    colours[:, 3] = 0.8 * np.clip((steps - 0.15) / 0.5, 0, 1)
    return ListedColormap(colours)


def _write(page: Any, left: float, top: float, text: str, **style: Any) -> None:
    style = {"color": _INK, "va": "center", **style}
    page.text(left, top, text, parse_math=False, **style)


def _short(name: str) -> str:
    return name if len(name) <= 36 else f"…{name[-35:]}"

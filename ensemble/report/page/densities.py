"""The densities of the photos that a report shows: kept in the run, drawn over the photos."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from backbones.photos.images import upright_size
from ensemble.config.columns import STACK
from ensemble.report.evidence import by_photo, not_set_aside
from ensemble.report.page.density_view import DensityView, density_views
from ensemble.report.selection import choose
from ensemble.scoring.places import densest
from ensemble.scoring.result import FitResult
from ensemble.stacking.densities import Half, pack_densities, take_densities


@dataclass(frozen=True)
class Overlay:
    """A density over its photo."""

    density: npt.NDArray[np.float16]  #: (rows, columns), over the frame that the network saw
    frame: tuple[float, float, float, float]  #: left, top, width, height, as shares of the photo
    #: (m, 4), left, top, right, bottom of each labelled object, likewise; points have no extent
    objects: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Overlays:
    """The densities of photos, by their names, and the member that saw them."""

    member: str = ""
    by_name: Mapping[str, Overlay] = field(default_factory=dict)


def shown_densities(result: FitResult) -> bytes | None:
    """The densities of the photos that the report of a fit shows, as ``read_overlays`` reads them.

    None where no head has densities.
    """
    fits = densest(result.fits, result.leaderboard)
    if fits is None:
        return None
    photos = by_photo(result.out_of_fold(), ["target", STACK])
    scored = not_set_aside(photos, result.experiment.config.score.only_above)
    choice = choose(scored)
    names = scored.index[np.concatenate([choice.worst, choice.typical, choice.best])]
    rows = np.flatnonzero(np.isin(result.photos.names, names.to_numpy(dtype=np.str_)))
    views = density_views(rows, result.photos, fits, result.folds)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        allow_pickle=False,
        member=np.array(fits.member.name),
        names=np.array([view.name for view in views]),
        **pack_densities(_alike([view.density for view in views])),
        frames=np.array([_frame(view) for view in views]),
        objects=np.concatenate([_objects(view) for view in views]),
        labelled=np.array([len(view.objects) for view in views]),
    )
    return content.getvalue()


def read_overlays(path: Path) -> Overlays:
    """The overlays of a run.

    Raises
    ------
    ValueError, KeyError
        The file holds something else.
    """
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
        arrays = dict(kept)
    objects = np.split(arrays["objects"], np.cumsum(arrays["labelled"])[:-1])
    rows = zip(take_densities(arrays), arrays["frames"].tolist(), objects, strict=True)
    found = (Overlay(density, tuple(frame), boxes) for density, frame, boxes in rows)
    by_name = dict(zip(arrays["names"].tolist(), found, strict=True))
    return Overlays(str(arrays["member"]), by_name)


def draw_overlay(overlay: Overlay) -> bytes:
    """A small PNG, clear where there is nothing; the browser enlarges it."""
    content = io.BytesIO()
    colour_density(overlay.density).save(content, "PNG", optimize=True)
    return content.getvalue()


def colour_density(density: npt.NDArray[np.floating]) -> Image.Image:
    """A density (rows, columns) as RGBA, a pixel a cell, clear where there is nothing.

    Its colour stands for the root of what lies in a cell, on a scale that ends at the photo's
    highest, or at that of one object half as wide and high as the photo, where this is more.
    """
    import matplotlib

    density = np.clip(density.astype(np.float32), 0, None)
    share = np.sqrt(density / max(float(density.max()), 4 / density.size))
    colours = matplotlib.colormaps["inferno"](0.3 + 0.7 * share)
    colours[..., 3] = 0.85 * np.clip((share - 0.15) / 0.5, 0, 1)
    return Image.fromarray((colours * 255).round().astype(np.uint8))


def _alike(densities: Sequence[Half]) -> Sequence[Half]:
    """As one array, where all are of one shape."""
    if len({one.shape for one in densities}) > 1:
        return densities
    together: Sequence[Half] = np.stack(densities)  # type: ignore[assignment]
    return together


def _frame(view: DensityView) -> tuple[float, float, float, float]:
    height, width = upright_size(view.path)
    left, right, bottom, top = view.frame(height, width)
    return (left / width, top / height, (right - left) / width, (bottom - top) / height)


def _objects(view: DensityView) -> npt.NDArray[np.float32]:
    height, width = upright_size(view.path)
    return (view.objects / [width, height, width, height]).astype(np.float32)

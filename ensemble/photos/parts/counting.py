"""What is counted in the labelled parts of photos, and whether it agrees with the whole."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from backbones.errors import InputError, first_ten
from backbones.plural import count
from backbones.plural import part as part_of
from ensemble.config.data import Data
from ensemble.digits import format_given
from ensemble.heads import Part

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: Pixels by which the places of two annotations may differ that mean one.
_SLACK = 1.0


def label_parts(
    parts: Mapping[str, Part],
    names: Iterable[str],
    target: Numbers,
    objects: pd.DataFrame | None,
    data: Data,
) -> tuple[dict[str, Part], Numbers, pd.DataFrame | None]:
    """Give photos without a target that of their parts, and each area the objects in it.

    Parameters
    ----------
    target : float64 (n,)
        The counts of the whole photos of these `names`; nan where they are not known.

    Returns
    -------
    parts, target, objects
        With each part's ``is_whole``; without nan; without objects whose centre is outside.

    Raises
    ------
    InputError
        Objects lie outside of their areas, or counts do not agree.
    """
    rows = _objects_of(objects, parts)
    whole = dict(zip(names, target.tolist(), strict=True))
    _refuse_located(parts, rows)
    kept = {
        name: _inside(part, rows.get(name)) for name, part in parts.items() if part.area is not None
    }
    _refuse_outside(parts, rows, data)
    inside = {name: float(rows_in.sum()) for name, rows_in in kept.items()}
    inside |= {name: sum(part.counts) for name, part in parts.items() if part.area is None}
    _refuse_more(parts, rows, inside, whole)
    _refuse_counts_of_areas(parts, inside, whole, data)
    if bare := sum(not len(inside_area) for inside_area in kept.values()):
        _LOG.info("%s with an area have no object in it", part_of(bare, len(kept), "photo"))
    labelled = {
        name: replace(part, is_whole=not np.isnan(whole[name])) for name, part in parts.items()
    }
    known = np.array([inside[name] if np.isnan(one) else one for name, one in whole.items()])
    return labelled, known, _without_outside(objects, rows, kept)


def _objects_of(objects: pd.DataFrame | None, parts: Mapping[str, Part]) -> dict[str, pd.DataFrame]:
    if objects is None:
        return {}
    return {str(name): rows for name, rows in objects.groupby("name") if name in parts}


def _inside(part: Part, rows: pd.DataFrame | None) -> npt.NDArray[np.bool_]:
    """Which objects have their centre in the area."""
    if rows is None:
        return np.empty(0, dtype=bool)
    across = (rows["xmin"] + rows["xmax"]).to_numpy() / 2
    down = (rows["ymin"] + rows["ymax"]).to_numpy() / 2
    inside: npt.NDArray[np.bool_] = shapely.intersects_xy(part.area, across, down)
    return inside


def _boxes(rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    corners = rows[["xmin", "ymin", "xmax", "ymax"]].to_numpy().T
    shapes: npt.NDArray[np.object_] = shapely.box(*corners)
    return shapes


def _refuse_located(parts: Mapping[str, Part], rows: Mapping[str, pd.DataFrame]) -> None:
    both = sorted(name for name in rows if parts[name].area is None)
    if both:
        raise InputError(
            "photos with places of objects and counts in regions both; keep those of one (where "
            "places are known in a part of a photo only, data.areas says in which):",
            first_ten(both),
        )


def _refuse_outside(
    parts: Mapping[str, Part], rows: Mapping[str, pd.DataFrame], data: Data
) -> None:
    outside = []
    for name, found in rows.items():
        far = shapely.distance(parts[name].area, _boxes(found)) > _SLACK
        if number := int(far.sum()):
            x, y = found[far].iloc[0][["xmin", "ymin"]].tolist()
            outside.append(
                f"{name}: {number} of {count(len(found), 'object')}, the first at {x:g}, {y:g}"
            )
    if outside:
        raise InputError(
            f"objects that lie outside of the areas of their photo in {data.areas}; enlarge the "
            "areas, if all objects in them are labelled, or remove these objects:",
            first_ten(outside),
        )


def _refuse_more(
    parts: Mapping[str, Part],
    rows: Mapping[str, pd.DataFrame],
    inside: Mapping[str, float],
    whole: Mapping[str, float],
) -> None:
    """Refuse photos with more in their parts than in the whole."""
    most = {name: max(inside[name], len(rows.get(name, ()))) for name in parts}
    more = [
        f"{name}: {format_given(most[name])}, target {format_given(whole[name])}"
        for name in parts
        if most[name] > whole[name] * (1 + 1e-9)
    ]
    if more:
        raise InputError(
            "photos with more in their parts than their target, which is the count of the whole "
            "photo; leave it empty where that is not known:",
            first_ten(more),
        )


def _refuse_counts_of_areas(
    parts: Mapping[str, Part], inside: Mapping[str, float], whole: Mapping[str, float], data: Data
) -> None:
    """Refuse targets that are the counts in the areas, as if nothing lay outside of any."""
    stated = [name for name, part in parts.items() if part.area is not None and whole[name] > 0]
    if stated and all(inside[name] == whole[name] for name in stated):
        raise InputError(
            f"{data.train}: the target is the count of the whole photo, but for each photo with "
            "areas it is the number of objects in them; leave these targets empty, or, where "
            f"nothing lies outside of the areas, remove the photos from {data.areas}:",
            first_ten([f"{name}: {format_given(whole[name])}" for name in stated]),
        )


def _without_outside(
    objects: pd.DataFrame | None,
    rows: Mapping[str, pd.DataFrame],
    kept: Mapping[str, npt.NDArray[np.bool_]],
) -> pd.DataFrame | None:
    outside = [rows[name].index[~kept[name]] for name in rows]
    number = sum(map(len, outside))
    if objects is None or not number:
        return objects
    _LOG.info(
        "%s whose centre is outside of the area that they reach into: left out, as an object "
        "counts where its centre is",
        count(number, "object"),
    )
    return objects.drop(np.concatenate(outside))

"""How well parts of photos are counted and objects found, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ensemble.digits import format_number


def place_lines(places: Mapping[str, Any] | None) -> list[str]:
    """Lines for people, from the content of ``metrics.json``; none where nothing was measured."""
    if places is None:
        return []
    regions, points = places["regions"], places["points"]
    return [
        *([] if regions is None else [_of_regions(regions)]),
        *([] if points is None else [_of_points(points)]),
    ]


def _of_regions(regions: Mapping[str, Any]) -> str:
    quarters, measured = regions["quarters"], regions["measured"]
    told = ""
    if quarters is not None:
        rmse, mae, mean = (format_number(quarters[n], 3) for n in ("rmse", "mae", "mean_count"))
        told = f"quarters of photos, with {mean} on average: RMSE {rmse}, MAE {mae}; "
    return (
        f"parts of photos: {told}{regions['coverage']:.4g} intervals hold {measured['all']:.1%} of "
        f"boxes out of fold ({measured['predictions_above_median']:.1%} of the upper half of "
        "predictions)"
    )


def _of_points(points: Mapping[str, Any]) -> str:
    return (
        f"points: {points['precision']:.1%} of {points['points']:,} lie on an object of their own, "
        f"and {points['recall']:.1%} of {points['objects']:,} objects have one, out of fold "
        "(precision and recall; in the object's box, or one cell from its point)"
    )

"""The regions of Label Studio: places in per cent of a photo, turned about their upper left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ensemble.photos.annotations.annotated import Corners
from ensemble.photos.annotations.shapes import around, around_ellipse, around_turned
from ensemble.photos.annotations.values import number, numbers

#: Those whose value says no place in numbers.
UNREADABLE = ("brush", "bitmask", "vector")

#: What the types of results begin with that have a place.
_KINDS = ("rectangle", "ellipse", "keypoint", "polygon", *UNREADABLE)

Frame = tuple[float, float]


@dataclass(frozen=True)
class Region:
    """One place, with its labels."""

    kind: str
    id: str
    value: dict[str, Any]
    labels: tuple[str, ...]
    stated: tuple[object, object]  #: width and height of the photo, as they are written
    rotation: object  #: by which the photo was turned

    @classmethod
    def of(cls, result: object) -> Region | None:
        """The region of a result; None, if it has no place."""
        if not isinstance(result, dict) or not isinstance(result.get("value"), dict):
            return None
        kind, value = str(result.get("type")), result["value"]
        found = next((one for one in _KINDS if kind in (one, f"{one}labels")), None)
        if found is None and not (kind == "labels" and "labels" in value):
            return None
        named = value.get(kind) if kind.endswith("labels") else None
        labels = (
            tuple(one for one in named if isinstance(one, str)) if isinstance(named, list) else ()
        )
        stated = result.get("original_width"), result.get("original_height")
        text = str(result.get("id") or "")
        return cls(found or "", text, value, labels, stated, result.get("image_rotation", 0))

    def joined(self, other: Region) -> Region:
        """With the labels of another result of the same region, and the place that one has."""
        placed = self if self.kind else other
        return replace(placed, labels=tuple(dict.fromkeys((*self.labels, *other.labels))))


def place(region: Region, frame: Frame) -> tuple[Corners, str] | None:
    """The box around a region, in the units of `frame`, and how it was drawn.

    None where its numbers are not as they must be.
    """
    if region.kind not in _PLACES or (number(region.rotation or 0) or 0) % 360:
        return None
    corners = _PLACES[region.kind](region.value, frame)
    if corners is None:
        return None
    if region.kind == "rectangle":
        return corners, "turned box" if number(region.value.get("rotation")) else "box"
    return corners, "point" if region.kind == "keypoint" else region.kind


def _read(value: dict[str, Any], frame: Frame, *keys: str) -> list[float] | None:
    """Numbers of x and y, by turns, in the units of `frame`."""
    found = numbers([value.get(key) for key in keys])
    if found is None:
        return None
    return [one * frame[index % 2] / 100 for index, one in enumerate(found)]


def _rectangle(value: dict[str, Any], frame: Frame) -> Corners | None:
    found = _read(value, frame, "x", "y", "width", "height")
    turn = number(value.get("rotation") or 0)
    if found is None or turn is None or min(found[2:]) < 0:
        return None
    x, y, width, height = found
    box = x, y, x + width, y + height
    return around_turned(box, turn, (x, y)) if turn else box


def _ellipse(value: dict[str, Any], frame: Frame) -> Corners | None:
    found = _read(value, frame, "x", "y", "radiusX", "radiusY")
    turn = number(value.get("rotation") or 0)
    if found is None or turn is None or min(found[2:]) < 0:
        return None
    return around_ellipse(found[0], found[1], (found[2], found[3]), turn)


def _keypoint(value: dict[str, Any], frame: Frame) -> Corners | None:
    found = _read(value, frame, "x", "y")
    return None if found is None else (found[0], found[1], found[0], found[1])


def _polygon(value: dict[str, Any], frame: Frame) -> Corners | None:
    points = value.get("points")
    pairs = [numbers(one) for one in points] if isinstance(points, list) else []
    if not pairs or any(pair is None or len(pair) != 2 for pair in pairs):
        return None
    flat = [place for pair in pairs if pair for place in pair]
    return around([one * frame[index % 2] / 100 for index, one in enumerate(flat)])


_PLACES: dict[str, Callable[[dict[str, Any], Frame], Corners | None]] = {
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "keypoint": _keypoint,
    "polygon": _polygon,
}

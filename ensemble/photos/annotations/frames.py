"""From the frame that an export states its places in to pixels of the upright photo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.photos.images import turn_places, upright_size
from backbones.remote.photo import Photo
from ensemble.photos.annotations.annotated import Annotated
from ensemble.photos.annotations.mistakes import Mistakes

Numbers = npt.NDArray[np.float64]

#: Fraction of a photo's side by which a place may extend beyond it: annotators round.
_SLACK = 0.02

_SIZE = (
    "photos of another size and shape than stated; the places are of other pictures, as of copies "
    "that were cropped or turned: annotate those that are there"
)

_SIDE = (
    "photos that lie on their side by EXIF, are stated as they are stored, but have places beyond "
    "that; save them upright, and annotate them again"
)


@dataclass
class Fitted:
    """What was done to fit places to their photos: how many photos."""

    scaled: int = 0
    turned: int = 0


def to_pixels(entry: Annotated, path: Photo, mistakes: Mistakes, fitted: Fitted) -> Numbers | None:
    """The corners (m, 4) of the objects of an entry in pixels of its upright photo.

    None, if that cannot be, which `mistakes` tell, or if the photo's size cannot be read: others
    tell of a damaged photo. Where the photo as it is stored has the stated size, it lay on its side
    when it was annotated, and its places are turned with it.
    """
    try:
        height, width = upright_size(path)
    except InputError:
        return None
    corners = np.array([one.corners for one in entry.objects], dtype=np.float64).reshape(-1, 4)
    upright = float(width), float(height)
    frame = upright if entry.frame is None else entry.frame
    if not (entry.is_share or frame == upright):
        if _is_like(frame, upright):
            fitted.scaled += 1
        elif not _is_side(path, frame, upright):
            mistakes.add(_SIZE, _stated(entry, frame, upright))
            return None
        elif _beyond(corners, frame).any():
            mistakes.add(_SIDE, _stated(entry, frame, upright))
            return None
        else:
            fitted.turned += 1
            corners = _turned(corners * _ratios(upright[::-1], frame), path, (height, width))
            frame = upright
    _note_beyond(entry, corners, frame, mistakes)
    return _in_photo(corners if frame == upright else corners * _ratios(upright, frame))


def _in_photo(corners: Numbers) -> Numbers:
    """Places that begin where the photo does, if rounding put them before it."""
    near = np.maximum(corners[:, :2], 0)
    return np.concatenate([near, np.maximum(corners[:, 2:], near)], axis=1)


def refuse_fractions(entries: Iterable[Annotated], path: Path) -> None:
    """Refuse an export in pixels whose places all lie within the first of them, as fractions do.

    Raises
    ------
    InputError
        They do.
    """
    places = [one.corners for entry in entries if not entry.is_share for one in entry.objects]
    corners = np.array(places, dtype=np.float64).reshape(-1, 4)
    if len(corners) and (corners <= 1.5).all() and (corners % 1 != 0).any():
        raise InputError(
            f"{path}: all places lie within 0 to {corners.max():g}, in the first pixel, as "
            "fractions do; this format has pixels: export it again, or multiply them by the width "
            "and height"
        )


def _ratios(of: tuple[float, float], to: tuple[float, float]) -> Numbers:
    return np.tile(np.array(of) / np.array(to), 2)


def _is_like(frame: tuple[float, float], upright: tuple[float, float]) -> bool:
    """Whether both are sizes of one picture, of which one was rounded to whole pixels."""
    small, large = sorted((frame, upright))
    return abs(large[0] * small[1] / large[1] - small[0]) <= 1


def _is_side(path: Photo, frame: tuple[float, float], upright: tuple[float, float]) -> bool:
    """Whether the photo as it is stored has this shape, and is another way up."""
    if not _is_like(frame, upright[::-1]):
        return False
    place = np.array([[1.0, 2.0]])
    return bool((turn_places(place, path, (int(upright[1]), int(upright[0]))) != place).any())


def _turned(corners: Numbers, path: Photo, size: tuple[int, int]) -> Numbers:
    ends = turn_places(corners.reshape(-1, 2), path, size).reshape(-1, 2, 2)
    return np.concatenate([ends.min(axis=1), ends.max(axis=1)], axis=1)


def _beyond(
    corners: Numbers, frame: tuple[float, float], is_share: bool = False
) -> npt.NDArray[np.bool_]:
    """Which corners end outside of their frame, by more than is rounded."""
    share, pixel = corners / np.tile(frame, 2), np.tile(1 / np.array(frame), 2)
    # Some tools count pixels from 0, others from 1.
    slack = _SLACK if is_share else np.maximum(_SLACK, pixel)
    outside: npt.NDArray[np.bool_] = ((share < -slack) | (share > 1 + _SLACK)).any(axis=1)
    return outside


def _note_beyond(
    entry: Annotated, corners: Numbers, frame: tuple[float, float], mistakes: Mistakes
) -> None:
    unit = "fractions" if frame == (1.0, 1.0) else "per cent" if entry.is_share else "pixels"
    kind = f"places outside of their photo, which must be in {unit} of it"
    beyond = _beyond(corners, frame, entry.is_share)
    for one, is_beyond in zip(entry.objects, beyond, strict=True):
        if is_beyond:
            shown = ", ".join(f"{value:g}" for value in one.corners)
            mistakes.add(kind, f"{one.where}: {shown} of {frame[0]:g} x {frame[1]:g}")


def _stated(entry: Annotated, frame: tuple[float, float], upright: tuple[float, float]) -> str:
    return (
        f"{entry.where}: stated {frame[0]:g} x {frame[1]:g}, is {upright[0]:g} x {upright[1]:g} "
        "as a viewer shows it"
    )

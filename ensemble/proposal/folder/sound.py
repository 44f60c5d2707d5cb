"""Whether the photos can be decoded, before a config is made for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backbones.errors import InputError
from backbones.files import read_file
from backbones.parallel import map_in_order
from backbones.photos.images import decode, upright_size
from backbones.progress import Progress

#: By which the sides of a JPEG are divided: that it is cut short shows all the same, and sooner.
_REDUCTION = 8


@dataclass(frozen=True)
class Sound:
    """Which photos can be used."""

    sizes: tuple[tuple[int, int], ...]  #: height and width, pixels, of those that can
    broken: dict[Path, str]  #: the others -> what is wrong, in a line


def decode_all(photos: Sequence[Path], progress: Progress) -> Sound:
    """Decode each photo once."""
    sizes, broken = [], {}
    with progress.stage("looking at photos", len(photos), "photo") as advance:
        for photo, found in zip(photos, map_in_order(_look, photos), strict=True):
            if isinstance(found, str):
                broken[photo] = found
            else:
                sizes.append(found)
            advance(1)
    return Sound(tuple(sizes), broken)


def _look(photo: Path) -> tuple[int, int] | str:
    try:
        data = read_file(photo)
        decode(data, str(photo), _REDUCTION)
        return upright_size(photo)
    except InputError as error:
        return " ".join(str(error).split())

"""How large photos are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from backbones.errors import InputError, UnreachableError
from backbones.parallel import map_in_order
from backbones.photos.facts import Facts, remote_facts
from backbones.photos.images import upright_size
from backbones.remote.photo import Photo, RemotePhoto

Size = tuple[int, int]


def photo_sizes(
    photos: Sequence[Photo],
    cache: Path | None = None,
    unsized: dict[Photo, list[str]] | None = None,
) -> list[Size]:
    """Return the height and width of each photo when upright, pixels, from its file header.

    Parameters
    ----------
    cache : Path, optional
        The cache folder, which remembers the sizes of photos behind URLs with their digests.
    unsized : dict, optional
        Takes what is wrong with photos whose size cannot be read; it is then 0 and 0.

    Raises
    ------
    InputError
        A photo is none of a known format: the first such one; or the place of one cannot be read.
    """
    remote = [one for one in photos if isinstance(one, RemotePhoto)]
    known: dict[Photo, Size] = {
        photo: (one.height, one.width)
        for photo, one in (remote_facts(remote, cache) if cache else {}).items()
        if isinstance(one, Facts) and one.height
    }
    sizes: list[Size] = []
    for photo, found in zip(photos, map_in_order(partial(_measure, known), photos), strict=True):
        if isinstance(found, InputError):
            if unsized is None:
                raise found
            unsized[photo] = found.mistakes
            found = (0, 0)
        sizes.append(found)
    return sizes


def _measure(known: Mapping[Photo, Size], photo: Photo) -> Size | InputError:
    try:
        return known.get(photo) or upright_size(photo)
    except UnreachableError:
        raise
    except InputError as error:
        return error

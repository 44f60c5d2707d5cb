"""Names of files for photos, whatever the photos are called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from backbones.key import key
from backbones.photos.named import composed

#: What no file may have in its name on one system or another.
_UNFIT = re.compile(r'[<>:"|?*\x00-\x1f]')

#: Bytes of a name beyond which it is cut: a name may have 255, and a suffix comes behind.
_LONGEST = 180


def file_names(photos: Iterable[str]) -> dict[str, str]:
    """A path below a folder, with slashes, for each photo's name: sub-folders stay, all differ.

    None leads out of the folder. What file systems may take for one name counts as one.

    >>> list(file_names(["a/b.jpg", "../b.jpg", "B.jpg", "/c:d.jpg"]).values())
    ['a/b.jpg', 'b.jpg', 'B.jpg~2', 'c_d.jpg']
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for photo in photos:
        plain = _inside(photo)
        name, number = plain, 1
        while composed(name).casefold() in taken:
            number += 1
            name = f"{plain}~{number}"
        taken.add(composed(name).casefold())
        names[photo] = name
    return names


def _inside(photo: str) -> str:
    """The parts of a name that lead down, each fit for a file."""
    parts = [_UNFIT.sub("_", one).rstrip(" .") for one in re.split(r"[/\\]", photo)]
    return "/".join(_cut(one) for one in parts if one) or "photo"


def _cut(part: str) -> str:
    whole = os.fsencode(part)
    if len(whole) <= _LONGEST:
        return part
    return f"{whole[: _LONGEST - 13].decode(errors='ignore')}~{key(part)[:12]}"

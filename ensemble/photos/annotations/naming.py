"""Which labelled photo each entry of an export means: tools write names of other machines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.photos.annotations.annotated import Annotated
from ensemble.photos.listed import listed_names, stem_and_kind

#: What Label Studio puts before the name of a photo that is uploaded.
_UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")


@dataclass(frozen=True)
class Named:
    """The photos that entries mean."""

    names: tuple[str | None, ...]  #: of each entry: the labelled photo; None, if it is none of them
    by_end: tuple[tuple[str, str], ...]  #: what an entry says, and the photo that ends likewise


def name_photos(entries: Sequence[Annotated], folder: Folder, photos: Mapping[Photo, str]) -> Named:
    """Name the photo of each entry, as `photos` (file -> name) do.

    An entry means the photo in `folder` that it names, in any spelling that tables may use. Where
    none is called so, it means the one labelled photo whose name ends in the same folders and file
    as the entry's, as far as there are any: ``/data/upload/1/0a1b2c3d-a.jpg`` is ``a.jpg``.
    """
    ways = [
        list(dict.fromkeys(way for name in one.names for way in _spelled(name))) for one in entries
    ]
    meant: dict[int, str | None] = {}
    for turn in range(max(map(len, ways), default=0)):
        due = {
            row: way[turn] for row, way in enumerate(ways) if row not in meant and turn < len(way)
        }
        known = listed_names(dict.fromkeys(due.values()), folder, photos)
        meant |= {row: known[name] for row, name in due.items() if name in known}
    ends = _Ends(photos.values())
    by_end = []
    for row, way in enumerate(ways):
        if row in meant:
            continue
        fit = next((one for name in way if (one := ends.photo(name)) is not None), None)
        if fit is not None:
            meant[row] = fit
            by_end.append((entries[row].names[0], fit))
    return Named(tuple(meant.get(row) for row in range(len(entries))), tuple(by_end))


def _spelled(name: str) -> Iterator[str]:
    """A name as it is; and the path that it is an address of, in letters.

    >>> list(_spelled("/data/local-files/?d=my%20photos/a.jpg"))[1:]
    ['my photos/a.jpg']
    >>> list(_spelled("s3://bucket/b%C3%BC.jpg?x=1"))[1:]
    ['/bü.jpg']
    """
    yield name
    address = name.replace("\\", "/")
    if "://" not in address and not address.startswith("/data/"):
        if "%" in address:
            yield unquote(address)
        return
    try:
        parts = urlsplit(address)
        asked = parse_qs(parts.query)
    except ValueError:  # as of a host in half a bracket
        return
    yield asked["d"][0] if "d" in asked else unquote(parts.path)


class _Ends:
    """Labelled photos by the last part of their names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_last = defaultdict(list)
        for name in names:
            parts, kind = _parts(name)
            self._by_last[parts[0]].append((parts, kind, name))

    def photo(self, name: str) -> str | None:
        """The one photo whose name ends as this does; of several, the one with most in common."""
        parts, kind = _parts(name)
        for last in dict.fromkeys((parts[0], _UPLOADED.sub("", parts[0], count=1))):
            fit = [
                (_common(parts[1:], others[1:]), one)
                for others, other_kind, one in self._by_last.get(last, ())
                if kind == other_kind or not (kind and other_kind)
            ]
            longest = max((length for length, _ in fit), default=0)
            best = [one for length, one in fit if length == longest]
            if len(best) == 1:
                return best[0]
        return None


def _parts(name: str) -> tuple[list[str], str]:
    """The parts of a name, the last one first, as two spellings have them in common."""
    stem, kind = stem_and_kind(name)
    return [part for part in reversed(stem.split("/")) if part] or [""], kind


def _common(some: Sequence[str], others: Sequence[str]) -> int:
    """How many parts are the same before the first that differs."""
    length = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        length += 1
    return length

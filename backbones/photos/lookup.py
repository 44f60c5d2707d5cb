"""Finding photos in a folder by the names that a table gives them."""

from __future__ import annotations

import difflib
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from backbones.photos.folder import IsForeign, Listing, search_folder
from backbones.photos.formats import SUFFIXES
from backbones.photos.named import Names, climbs, composed, names_in, parts_of
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo


@dataclass(frozen=True)
class Found:
    """The files that names stand for, and what is wrong with the other names."""

    paths: dict[str, Photo]  #: name as it was asked for -> file
    mistakes: dict[str, str]  #: likewise -> "is not there; did you mean 'a.jpg'?"
    absent: frozenset[str] = frozenset()  #: those of the mistakes that no photo fits

    def with_absent(self, folder: Folder) -> Found:
        """Photos that are not there have the path where they would lie, and are no mistake."""
        paths: dict[str, Photo] = self.paths | {name: folder / name for name in self.absent}
        rest = {name: one for name, one in self.mistakes.items() if name not in self.absent}
        return Found(paths, rest)


def find_photos(
    folder: Folder, names: Sequence[str], is_foreign: IsForeign = lambda path: False
) -> Found:
    """Find photos by name in a folder, and below it.

    A file of exactly the name is taken (in either Unicode form, NFC or NFD). Else the name may
    have backslashes, be absolute within the folder or begin with the folder's own name, lack the
    suffix, or differ in the case of letters or in the spelling of the suffix (``.jpeg``,
    ``.JPG``), if exactly one photo fits. No name leaves the folder by ``..`` or as an absolute
    path; links in it are followed. The same holds behind a URL, where an absolute name is a URL;
    on a server only exact names are found.

    Raises
    ------
    InputError
        There is no such folder, or it cannot be read.
    """
    asked = dict.fromkeys(names)
    within = names_in(folder)
    exact = within.find(list(asked))
    search = _Search(folder, within, is_foreign)
    found: dict[str, Photo] = {}
    mistakes: dict[str, str] = {}
    absent = set()
    for name in asked:
        if name in exact:
            continue
        spellings = search.spellings(name)
        fitting = search.fitting(spellings)
        if len(fitting) == 1:
            found[name] = within.photo(fitting[0])
        elif fitting:
            mistakes[name] = f"may be any of {', '.join(map(repr, fitting[:5]))}"
        elif not spellings:
            mistakes[name] = "leads out of the folder"
        else:
            mistakes[name] = "is not there"
            absent.add(name)
        if not fitting and len(mistakes) <= 10:  # more are not shown, and it takes a while
            mistakes[name] += search.nearest(name)
    return Found({**exact, **found}, mistakes, frozenset(absent))


def _number(name: str) -> str:
    """A name that is a number without what spreadsheets change: zeros before it, ``.0`` behind."""
    stem = _stem(name)
    return stem.lstrip("0") or "0" if stem.isdecimal() else name


def _stem(name: str) -> str:
    return os.path.splitext(name.rsplit("/", 1)[-1])[0]


def _plain(name: str) -> str:
    """The name without what two spellings of it may differ in."""
    return composed(composed(name).casefold())


class _Search:
    """The photos of a folder, looked through when a name first needs it."""

    def __init__(self, folder: Folder, within: Names, is_foreign: IsForeign) -> None:
        self._folder = folder
        self._within = within
        self._is_foreign = is_foreign

    @cached_property
    def _listing(self) -> Listing:
        return search_folder(self._folder, self._is_foreign)

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {composed(name): name for name in self._listing.names}

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        """Names by what stands before the suffix, as it is written."""
        return self._by(composed)

    @cached_property
    def _by_plain_stem(self) -> dict[str, list[str]]:
        """Likewise, in lower case."""
        return self._by(_plain)

    def _by(self, spelled: Callable[[str], str]) -> dict[str, list[str]]:
        stems = defaultdict(list)
        for name in self._listing.names:
            stems[spelled(os.path.splitext(name)[0])].append(name)
        return stems

    def spellings(self, name: str) -> list[str]:
        """What a name may mean in the folder, relative with slashes; nothing if it leads out."""
        if climbs(name) or "\0" in name:
            return []
        parts = parts_of(name.replace("\\", "/"))
        if self._within.is_absolute(name):
            return self._within.within(name)
        ends = self._within.ends
        repeated = range(1, min(len(parts), len(ends) + 1))
        return [
            "/".join(parts),
            *("/".join(parts[n:]) for n in repeated if parts[:n] == ends[-n:]),
        ]

    def fitting(self, spellings: Sequence[str]) -> list[str]:
        """The names of the photos that fit; those of the first spelling, and the closest way."""
        ways = (self._of_name, self._without_suffix, self._in_any_case, self._within.unlisted)
        return next((fit for way in ways for one in spellings if (fit := way(one))), [])

    def _of_name(self, name: str) -> list[str]:
        same = self._by_name.get(composed(name))
        return [] if same is None else [same]

    def _without_suffix(self, name: str) -> list[str]:
        return self._by_stem.get(composed(name), [])

    def _in_any_case(self, name: str) -> list[str]:
        stem, suffix = os.path.splitext(name)
        kind = SUFFIXES.get(suffix.lower())
        same = [
            one
            for one in self._by_plain_stem.get(_plain(stem), [])
            if kind is not None and SUFFIXES[os.path.splitext(one)[1].lower()] == kind
        ]
        return [*same, *self._by_plain_stem.get(_plain(name), [])]

    def nearest(self, name: str) -> str:
        """What may be meant by a name that nothing fits."""
        candidates = [*self._listing.names, *self._listing.left_out]
        base = name.replace("\\", "/").rsplit("/", 1)[-1]
        ways = (lambda one: one.rsplit("/", 1)[-1], _stem, _number)
        close: list[str] = []
        for way in ways:
            close = close or [one for one in candidates if way(one) == way(base)][:2]
        if not close and len(candidates) <= 20_000:  # with more, a name takes over half a second
            close = difflib.get_close_matches(name, candidates, n=2)
        if not close:
            return self._within.hint
        ways_on = [self._listing.left_out[one] for one in close if one in self._listing.left_out]
        told = f" ({ways_on[0]})" if ways_on else ""
        return f"; did you mean {' or '.join(map(repr, close))}?{told}"

"""Finding photos in a folder by the names that a table gives them."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backbones.photos.folder import IsForeign, Listing, search_folder
from backbones.photos.formats import SUFFIXES


@dataclass(frozen=True)
class Found:
    """The files that names stand for, and what is wrong with the other names."""

    paths: dict[str, Path]  #: name as it was asked for -> file
    mistakes: dict[str, str]  #: likewise -> "is not there; did you mean 'a.jpg'?"
    absent: frozenset[str] = frozenset()  #: those of the mistakes that no photo fits

    def with_absent(self, folder: Path) -> Found:
        """Photos that are not there have the path where they would lie, and are no mistake."""
        paths = self.paths | {name: folder / name for name in self.absent}
        rest = {name: one for name, one in self.mistakes.items() if name not in self.absent}
        return Found(paths, rest)


def find_photos(
    folder: Path, names: Sequence[str], is_foreign: IsForeign = lambda path: False
) -> Found:
    """Find photos by name in a folder, and below it.

    A file of exactly the name is taken (in either Unicode form, NFC or NFD). Else the name may
    have backslashes, be absolute within the folder or begin with the folder's own name, lack the
    suffix, or differ in the case of letters or in the spelling of the suffix (``.jpeg``,
    ``.JPG``), if exactly one photo fits. No name leaves the folder by ``..`` or as an absolute
    path; links in it are followed.

    Raises
    ------
    InputError
        There is no such folder.
    """
    asked = dict.fromkeys(names)
    exact = {name: folder / form for name in asked if (form := _exact(str(folder), name))}
    search = _Search(folder, is_foreign)
    found: dict[str, Path] = {}
    mistakes: dict[str, str] = {}
    absent = set()
    for name in asked:
        if name in exact:
            continue
        spellings = search.spellings(name)
        fitting = search.fitting(spellings)
        if len(fitting) == 1:
            found[name] = folder / fitting[0]
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


def _exact(folder: str, name: str) -> str | None:
    """The name of the file that is called so, which must not lead out of the folder."""
    if not name or os.path.isabs(name) or os.path.splitdrive(name)[0] or _climbs(name):
        return None
    if os.path.isfile(os.path.join(folder, name)):
        return name
    forms = () if name.isascii() else (_composed(name), unicodedata.normalize("NFD", name))
    return next((form for form in forms if os.path.isfile(os.path.join(folder, form))), None)


def _climbs(name: str) -> bool:
    return ".." in name and ".." in name.replace("\\", "/").split("/")


def _number(name: str) -> str:
    """A name that is a number without what spreadsheets change: zeros before it, ``.0`` behind."""
    stem = _stem(name)
    return stem.lstrip("0") or "0" if stem.isdecimal() else name


def _composed(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _stem(name: str) -> str:
    return os.path.splitext(name.rsplit("/", 1)[-1])[0]


def _plain(name: str) -> str:
    """The name without what two spellings of it may differ in."""
    return _composed(_composed(name).casefold())


class _Search:
    """The photos of a folder, looked through when a name first needs it."""

    def __init__(self, folder: Path, is_foreign: IsForeign) -> None:
        self._folder = folder
        self._is_foreign = is_foreign
        self._places = [
            _parts(Path(place(folder)).as_posix()) for place in (os.path.abspath, os.path.realpath)
        ]

    @cached_property
    def _listing(self) -> Listing:
        return search_folder(self._folder, self._is_foreign)

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {_composed(name): name for name in self._listing.names}

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        """Names by what stands before the suffix, as it is written."""
        return self._by(_composed)

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
        plain = name.replace("\\", "/")
        parts = _parts(plain)
        if _climbs(name) or "\0" in name:
            return []
        if plain.startswith("/") or re.match("[A-Za-z]:/", plain):
            within = (one for one in self._places if parts[: len(one)] == one)
            return ["/".join(parts[len(one) :]) for one in within][:1]
        ends = self._places[0]
        repeated = range(1, min(len(parts), len(ends) + 1))
        return [
            "/".join(parts),
            *("/".join(parts[n:]) for n in repeated if parts[:n] == ends[-n:]),
        ]

    def fitting(self, spellings: Sequence[str]) -> list[str]:
        """The names of the photos that fit; those of the first spelling, and the closest way."""
        ways = (self._of_name, self._without_suffix, self._in_any_case, self._on_disk)
        return next((fit for way in ways for one in spellings if (fit := way(one))), [])

    def _of_name(self, name: str) -> list[str]:
        same = self._by_name.get(_composed(name))
        return [] if same is None else [same]

    def _without_suffix(self, name: str) -> list[str]:
        return self._by_stem.get(_composed(name), [])

    def _in_any_case(self, name: str) -> list[str]:
        stem, suffix = os.path.splitext(name)
        kind = SUFFIXES.get(suffix.lower())
        same = [
            one
            for one in self._by_plain_stem.get(_plain(stem), [])
            if kind is not None and SUFFIXES[os.path.splitext(one)[1].lower()] == kind
        ]
        return [*same, *self._by_plain_stem.get(_plain(name), [])]

    def _on_disk(self, name: str) -> list[str]:
        """What lies there without being listed so: below a link, whose photos have other names."""
        exact = _exact(str(self._folder), name)
        if exact is not None:
            return [exact]
        tried = dict.fromkeys(one for suffix in SUFFIXES for one in (suffix, suffix.upper()))
        found = (_exact(str(self._folder), name + suffix) for suffix in tried)
        there = {os.stat(self._folder / one).st_ino: one for one in found if one is not None}
        return sorted(there.values())  # .jpg and .JPG may be one file

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
            return ""
        ways_on = [self._listing.left_out[one] for one in close if one in self._listing.left_out]
        told = f" ({ways_on[0]})" if ways_on else ""
        return f"; did you mean {' or '.join(map(repr, close))}?{told}"

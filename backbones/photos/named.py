"""What lies in a folder by exactly a name, on this machine or behind a URL."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from backbones.errors import InputError
from backbones.photos.formats import SUFFIXES
from backbones.remote.folder import Folder, RemoteFolder
from backbones.remote.photo import Photo
from backbones.remote.url import is_url, parse_url


class Names(Protocol):
    """A folder, asked for photos by their names relative to it, with slashes."""

    ends: list[str]  #: the names of the folders above it, and its own
    hint: str  #: behind the message on a name that nothing fits

    def find(self, names: Sequence[str]) -> dict[str, Photo]:
        """The photos called so, in either Unicode form, by the names that were asked for."""

    def photo(self, name: str) -> Photo:
        """The photo of a name that is in the listing, or unlisted."""

    def is_absolute(self, name: str) -> bool:
        """Whether a name begins elsewhere than in this folder."""

    def within(self, name: str) -> list[str]:
        """What an absolute name is in this folder; nothing if it is not in it."""

    def unlisted(self, name: str) -> list[str]:
        """What lies there without being listed so."""


def names_in(folder: Folder) -> Names:
    """The names of a folder of either kind."""
    return RemoteNames(folder) if isinstance(folder, RemoteFolder) else LocalNames(folder)


class LocalNames:
    """Those of a folder of this machine."""

    hint = ""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        spelled = (Path(place(folder)) for place in (os.path.abspath, os.path.realpath))
        self._places = [parts_of(place.as_posix()) for place in spelled]
        self.ends = self._places[0]

    def find(self, names: Sequence[str]) -> dict[str, Photo]:
        """See ``Names``; of 100,000 names, a second."""
        folder = str(self._folder)
        return {name: self._folder / form for name in names if (form := _exact(folder, name))}

    def photo(self, name: str) -> Photo:
        return self._folder / name

    def is_absolute(self, name: str) -> bool:
        plain = name.replace("\\", "/")
        return plain.startswith("/") or re.match("[A-Za-z]:/", plain) is not None

    def within(self, name: str) -> list[str]:
        parts = parts_of(name.replace("\\", "/"))
        within = (one for one in self._places if parts[: len(one)] == one)
        return ["/".join(parts[len(one) :]) for one in within][:1]

    def unlisted(self, name: str) -> list[str]:
        """What lies below a link, whose photos are listed under other names."""
        exact = _exact(str(self._folder), name)
        if exact is not None:
            return [exact]
        tried = dict.fromkeys(one for suffix in SUFFIXES for one in (suffix, suffix.upper()))
        found = (_exact(str(self._folder), name + suffix) for suffix in tried)
        there = {os.stat(self._folder / one).st_ino: one for one in found if one is not None}
        return sorted(there.values())  # .jpg and .JPG may be one file


class RemoteNames:
    """Those of a folder behind a URL; an absolute name is a URL, too."""

    def __init__(self, folder: RemoteFolder) -> None:
        self._folder = folder
        self._known: dict[str, Photo] = {}
        self._asked: set[str] = set()
        self.ends = [folder.url.host, *parts_of(folder.url.path)]
        self.hint = "" if folder.lists else "; servers list no photos: write its exact name"

    def find(self, names: Sequence[str]) -> dict[str, Photo]:
        usable = [name for name in names if self._is_usable(name)]
        found = self._look(usable)
        others = {
            name: _forms(name)[1:] for name in usable if name not in found and not name.isascii()
        }
        forms = self._look(form for spelled in others.values() for form in spelled)
        fitting = {
            name: next((forms[form] for form in spelled if form in forms), None)
            for name, spelled in others.items()
        }
        return found | {name: photo for name, photo in fitting.items() if photo is not None}

    def _look(self, names: Iterable[str]) -> dict[str, Photo]:
        """The photos called exactly so; each name is looked for once."""
        wanted = dict.fromkeys(names)
        new = [name for name in wanted if name not in self._asked]
        if new:
            self._asked.update(new)
            self._known.update(self._folder.find(new))
        return {name: self._known[name] for name in wanted if name in self._known}

    def photo(self, name: str) -> Photo:
        return self.find([name])[name]

    def is_absolute(self, name: str) -> bool:
        return name.startswith(("/", "\\")) or is_url(name)

    def within(self, name: str) -> list[str]:
        try:
            url = str(parse_url(name))
        except InputError:
            return []
        start = f"{self._folder}/"
        return [url.removeprefix(start)] if url.startswith(start) else []

    def unlisted(self, name: str) -> list[str]:
        """What a server has by another spelling of a name than the one first asked for."""
        if self._folder.lists:
            return []
        return [name] if self.find([name]) else []

    def _is_usable(self, name: str) -> bool:
        return bool(name) and not (self.is_absolute(name) or climbs(name) or "\0" in name)


def climbs(name: str) -> bool:
    """Whether a name leads upwards."""
    return ".." in name and ".." in name.replace("\\", "/").split("/")


def parts_of(path: str) -> list[str]:
    """What stands between the slashes of a path."""
    return [part for part in path.split("/") if part not in ("", ".")]


def composed(name: str) -> str:
    """A name in one Unicode form, NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _forms(name: str) -> list[str]:
    """A name as it is, and in both Unicode forms."""
    if name.isascii():
        return [name]
    return list(dict.fromkeys((name, composed(name), unicodedata.normalize("NFD", name))))


def _exact(folder: str, name: str) -> str | None:
    """The name of the file that is called so, which must not lead out of the folder."""
    if not name or os.path.isabs(name) or os.path.splitdrive(name)[0] or climbs(name):
        return None
    if os.path.isfile(os.path.join(folder, name)):
        return name
    forms = () if name.isascii() else _forms(name)[1:]
    return next((form for form in forms if os.path.isfile(os.path.join(folder, form))), None)

"""A folder of photos behind a URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from backbones.errors import InputError
from backbones.home import expand_home
from backbones.remote.filesystem import check_installed, open_filesystem
from backbones.remote.photo import RemotePhoto, attempt, together, version_of
from backbones.remote.url import Url, is_url, parse_url

#: Photos of a bucket that are asked for one by one; for more, the whole folder is listed.
ONE_BY_ONE = 1000


Other = TypeVar("Other")


class _Seen(NamedTuple):
    """What a place says of a photo; see ``RemotePhoto``."""

    version: str | None
    size: int | None


class RemoteFolder:
    """All below a URL, as it is when it is first looked at; another object looks again.

    A folder in a bucket is listed where many photos of it are asked for, or one that is not there
    by exactly its name: a request for each thousand photos in it, and for a while some 1 kB of
    memory a photo. Servers list nothing: each photo is asked for by its exact name.

    Parameters
    ----------
    url : Url
    cache : Path, optional
        The cache folder, in which downloads are kept for a while.
    """

    def __init__(self, url: Url, cache: Path | None = None) -> None:
        self.url = url
        self.cache = cache

    def __str__(self) -> str:
        return str(self.url)

    def __truediv__(self, name: str) -> RemotePhoto:
        """The photo of this name, as one that is not there."""
        return RemotePhoto(self.url / name, is_there=False, cache=self.cache)

    def is_dir(self) -> bool:
        """As of a ``Path``; what is not there is said where photos are looked for."""
        return True

    def find(self, names: Sequence[str]) -> dict[str, RemotePhoto]:
        """The photos that are there by exactly these names.

        Raises
        ------
        UnreachableError
            The place cannot be read.
        """
        if "objects" in self.__dict__ or (self.lists and len(names) > ONE_BY_ONE):
            seen = {name: self.objects[name] for name in names if name in self.objects}
        else:
            looked = dict(together(self._look, dict.fromkeys(names)))
            seen = {name: found for name in names if (found := looked[name]) is not None}
        return {name: self._photo(name, one) for name, one in seen.items()}

    @property
    def lists(self) -> bool:
        """Whether its place can say what is in it."""
        return not self.url.is_of_server

    @cached_property
    def objects(self) -> Mapping[str, _Seen]:
        """Everything below it, by name relative to it.

        Raises
        ------
        InputError
            Nothing is there.
        UnreachableError
            The place cannot be read.
        """
        system, start = open_filesystem(self.url.scheme), f"{self.url.address}/"

        def find() -> dict[str, _Seen]:
            found = system.find(self.url.address, detail=True)
            return {
                path.removeprefix(start): _Seen(version_of(info), info.get("size"))
                for path, info in found.items()
                if path.startswith(start)
            }

        try:
            objects = attempt(self.url, find)
        except FileNotFoundError:
            objects = {}
        if not objects:
            raise InputError(f"there is no folder {self}; name the one that holds the photos")
        return objects

    def _look(self, name: str) -> _Seen | None:
        url = self.url / name
        system = open_filesystem(url.scheme)
        try:
            info = attempt(self.url, lambda: system.info(url.address))
        except FileNotFoundError:
            return None
        is_file = info.get("type") == "file" and not name.endswith("/")
        return _Seen(version_of(info), info.get("size")) if is_file else None

    def _photo(self, name: str, seen: _Seen) -> RemotePhoto:
        return RemotePhoto(self.url / name, seen.version, True, seen.size, self.cache)


#: A folder of this machine, or one behind a URL.
Folder = Path | RemoteFolder


def open_folder(place: str | Path, cache: Path | None = None) -> Folder:
    """A folder as a person names it: a path, whose ``~`` is the home, or a URL.

    Raises
    ------
    InputError
        A URL of a kind that is not read, or whose library is not installed.
    """
    if isinstance(place, str) and is_url(place):
        return RemoteFolder(open_url(place), cache)
    return expand_home(place)


def open_url(text: str) -> Url:
    """A URL whose photos can be read here. Errors as ``open_folder``."""
    url = parse_url(text)
    check_installed(url)
    return url


def find_urls(given: Sequence[Other | Url], cache: Path | None = None) -> list[Other | RemotePhoto]:
    """The photos of URLs, all else as it is; those that are not there cannot be read, as files.

    Raises
    ------
    UnreachableError
        A place cannot be read.
    """
    by_folder: dict[Url, list[str]] = {}
    for one in given:
        if isinstance(one, Url):
            by_folder.setdefault(one.parent, []).append(one.name)
    folders = {parent: RemoteFolder(parent, cache) for parent in by_folder}
    found = {parent: folders[parent].find(names) for parent, names in by_folder.items()}
    return [
        found[one.parent].get(one.name) or folders[one.parent] / one.name
        if isinstance(one, Url)
        else one
        for one in given
    ]

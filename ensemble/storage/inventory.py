"""What a cache folder holds, entry by entry."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR

from backbones.features.label import StoreLabel, read_store_label
from ensemble.config.settings import ConfigError
from ensemble.storage.kind import FEATURES, HEADS, MEMBER_LABELS, NETWORKS, ROOMS, Kind, kind_of
from ensemble.storage.label import MemberLabel, read_member_label


@dataclass(frozen=True)
class Entry:
    """What is removed whole, or stays."""

    paths: tuple[Path, ...]  #: files or folders, in the order in which they may be removed
    size: int  #: bytes
    used: float  #: when it was last used, as far as labels and files say: seconds since 1970
    kind: Kind | None  #: None: the program has not written it
    label: StoreLabel | MemberLabel | None = None


@dataclass(frozen=True)
class Inventory:
    """All that lies in a cache folder."""

    cache: Path
    entries: tuple[Entry, ...]  #: what the program has written
    others: tuple[Entry, ...]  #: what it has not; never removed

    @property
    def size(self) -> int:
        """Bytes, those of others with them."""
        return sum(entry.size for entry in (*self.entries, *self.others))


def take_inventory(cache: Path) -> Inventory:
    """Everything in a cache folder, once. Links are listed and not followed.

    Raises
    ------
    ConfigError
        `cache` is no folder, or one in which nothing is the program's.
    """
    if not cache.is_dir():
        raise ConfigError(f"{cache} is not a folder; give the folder of a cache")
    _check_cache(cache)
    found = list(_entries(cache, cache))
    entries = [entry for entry in found if entry.kind]
    others = [entry for entry in found if not entry.kind]
    return Inventory(cache, tuple(_label(_pair(entries))), tuple(others))


def _check_cache(cache: Path) -> None:
    """An empty folder is a cache, and one with things of ours; nothing else is walked through."""
    rooms = [room for room in (cache / name for name in ROOMS) if _is_folder(room)]
    foreign = sorted(path.name for path in cache.iterdir() if path not in rooms)
    if not foreign:
        return
    if not any(_kind(cache, path) for room in (cache, *rooms) for path in room.iterdir()):
        raise ConfigError(
            f"{cache} does not look like a cache of ensemble: it holds {', '.join(foreign[:3])}, "
            "and nothing that a fit keeps; give the folder that cache_dir or ENSEMBLE_CACHE names"
        )


def _entries(cache: Path, folder: Path) -> Iterator[Entry]:
    for path in sorted(folder.iterdir()):
        kind = _kind(cache, path)
        if kind is None and _is_folder(path) and _place(cache, path) in ROOMS:
            yield from _entries(cache, path)
        else:
            size, used = _measure(path)
            yield Entry((path,), size, used, kind)


def _kind(cache: Path, path: Path) -> Kind | None:
    return None if path.is_symlink() else kind_of(_place(cache, path), path.is_dir())


def _place(cache: Path, path: Path) -> str:
    return path.relative_to(cache).as_posix()


def _is_folder(path: Path) -> bool:
    """Whether it is a folder, and not a link to one."""
    return path.is_dir() and not path.is_symlink()


def _measure(path: Path) -> tuple[int, float]:
    """Bytes of the files, and when the newest was written or, by its label, used."""
    size, used = 0, 0.0
    for one in _below(path):
        try:
            state = one.lstat()
        except FileNotFoundError:  # another process has removed it
            continue
        used = max(used, state.st_mtime)
        if not S_ISDIR(state.st_mode):
            size += state.st_size
    return size, used


def _below(path: Path) -> Iterator[Path]:
    yield path
    if _is_folder(path):
        for folder, folders, files in os.walk(path):
            yield from (Path(folder) / name for name in (*folders, *files))


def _pair(entries: Iterable[Entry]) -> list[Entry]:
    """The two files of a converted network are one entry."""
    found: dict[Path, Entry] = {}
    for entry in entries:
        path = entry.paths[0].with_suffix("") if entry.kind is NETWORKS else entry.paths[0]
        if path in found:
            one = found[path]
            paths = tuple(sorted((*one.paths, *entry.paths), reverse=True))
            entry = Entry(paths, one.size + entry.size, max(one.used, entry.used), NETWORKS)
        found[path] = entry
    return list(found.values())


def _label(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with their labels; fits are as recently used as the newest label says."""
    entries = list(entries)
    members = _member_labels(entries)
    for entry in entries:
        path = entry.paths[0]
        if entry.kind is FEATURES:
            yield replace(entry, label=read_store_label(path))
        elif entry.kind is HEADS and path.name in members:
            used, label = members[path.name]
            yield replace(entry, label=label, used=max(used, entry.used))
        else:
            yield entry


def _member_labels(entries: Iterable[Entry]) -> dict[str, tuple[float, MemberLabel]]:
    """For each fit that has some, the label that was used last."""
    labels = sorted(
        (entry for entry in entries if entry.kind is MEMBER_LABELS), key=lambda entry: entry.used
    )
    found: dict[str, tuple[float, MemberLabel]] = {}
    for entry in labels:
        label = read_member_label(entry.paths[0])
        if label is not None:
            found |= dict.fromkeys(label.fits, (entry.used, label))
    return found

"""The photos of a folder, as a search finds them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backbones.errors import InputError
from backbones.photos.formats import NOT_READ, START, SUFFIXES, suffix_of
from backbones.plural import count
from backbones.remote.folder import Folder, RemoteFolder

#: Folders, in lower case, in which programs and systems keep pictures that are nobody's photos.
_OF_TOOLS = frozenset(
    {
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "@eadir",
        "@recycle",
        "__macosx",
        "__pycache__",
        "dist-packages",
        "ipod photo cache",
        "lightning_logs",
        "lost+found",
        "mlruns",
        "node_modules",
        "site-packages",
        "system volume information",
        "wandb",
    }
)

#: How the names of others end, in lower case: the libraries of Photos, and Lightroom's previews.
_LIBRARIES = (".photoslibrary", ".lrdata")

#: Whether a folder or a file is of another program, and so no photo of the user's is in it.
IsForeign = Callable[[Path], bool]


@dataclass(frozen=True)
class Listing:
    """What a folder and its sub-folders hold; names are relative, with slashes, and sorted."""

    folder: Folder
    names: tuple[str, ...]  #: of photos
    left_out: dict[str, str]  #: photos by their suffix or content that are not read -> the way on

    @property
    def warning(self) -> str:
        """The files that are left out, in a line; empty where there are none."""
        if not self.left_out:
            return ""
        names = list(self.left_out)
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        ways_on = "; ".join(dict.fromkeys(self.left_out.values()))
        return (
            f"{self.folder}: {count(len(names), 'file', 'is')} left out, being no photo "
            f"that is read: {', '.join(map(show, names[:10]))}{more}; {ways_on}"
        )


def list_photos(folder: Folder, is_foreign: IsForeign = lambda path: False) -> Listing:
    """Search a folder and all below it for photos.

    Hidden entries, folders of tools and what `is_foreign` are passed over, but never the folder
    itself: a run or a cache may lie among its photos. Linked folders and files are followed,
    wherever they lead: the folder's owner has put them there. A folder to which several links lead
    is listed once, and not again where it lies in the folder itself. A file is listed under each of
    its names, as its copies are.

    Raises
    ------
    InputError
        There is no such folder, it holds no photo, or a folder in it cannot be searched; a server
        was given, of which no list is to be had.
    """
    if isinstance(folder, RemoteFolder) and not folder.lists:
        raise InputError(
            f"{folder}: servers list no photos; name them in a table (--test CSV), or one by one"
        )
    listing = search_folder(folder, is_foreign)
    if not listing.names:
        told = listing.warning if listing.left_out else "name another folder"
        raise InputError(
            f"{folder} holds no photos ({', '.join(sorted(SUFFIXES))}); hidden files, folders of "
            f"tools, runs and caches are passed over; {told}"
        )
    return listing


def search_folder(folder: Folder, is_foreign: IsForeign = lambda path: False) -> Listing:
    """As ``list_photos``, of a folder that may hold none; a server holds none that it tells of."""
    if isinstance(folder, RemoteFolder):
        return _list_remote(folder)
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}; name the one that holds the photos")
    root = os.path.join(folder, "")
    names, left_out = [], {}
    for place, files in _folders(folder, is_foreign):
        for file in files:
            if file.startswith("."):
                continue
            path = os.path.join(place, file)
            name = path.removeprefix(root).replace(os.sep, "/")
            is_photo = _is_photo(path)
            remedy = None if is_photo else _remedy(path)
            if not (is_photo or remedy) or is_foreign(Path(path)):
                continue
            if remedy:
                left_out[name] = remedy
            else:
                names.append(name)
    return Listing(folder, tuple(sorted(names)), dict(sorted(left_out.items())))


def _list_remote(folder: RemoteFolder) -> Listing:
    """What is behind a URL; photos without a suffix are not looked into, which takes a download."""
    names, left_out = [], {}
    for name in sorted(folder.objects if folder.lists else ()):
        *above, file = name.split("/")
        if file.startswith(".") or any(map(_is_of_tools, above)):
            continue
        suffix = _suffix(file)
        if suffix in SUFFIXES:
            names.append(name)
        elif suffix in NOT_READ:
            left_out[name] = NOT_READ[suffix]
    return Listing(folder, tuple(names), left_out)


def _is_photo(path: str) -> bool:
    return _suffix(path) in SUFFIXES and os.path.isfile(path)


def _remedy(path: str) -> str | None:
    """The way on with a file that is not read; None where it is no photo as far as one sees."""
    suffix = _suffix(path)
    if os.path.isfile(path):
        return NOT_READ.get(suffix) or _renaming(path)
    is_known = suffix in SUFFIXES or suffix in NOT_READ
    gone = is_known and os.path.islink(path)
    return "a link that leads nowhere has to be mended" if gone else None


def _renaming(path: str) -> str | None:
    """The way on with a photo whose suffix says nothing; None where the content is no photo's."""
    try:
        with open(path, "rb", buffering=0) as file:  # no more is read than is asked for
            suffix = suffix_of(file.read(START))
    except OSError:  # whether it is a photo is not known, and nobody has called it one
        return None
    if suffix is None:
        return None
    kind = SUFFIXES.get(suffix, suffix[1:].upper())
    told = f"what is {kind} is read where its name ends in {suffix}"
    return f"{told}, and then: {NOT_READ[suffix]}" if suffix in NOT_READ else told


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def show(name: str) -> str:
    """A name for messages, in quotes where it holds what cannot be seen or printed."""
    return name if name.isprintable() and name == name.strip() else repr(name)


def _folders(root: Path, is_foreign: IsForeign) -> Iterator[tuple[str, list[str]]]:
    """Each folder once, with its files: first those that lie below the root, then linked ones."""
    above = {os.path.realpath(root), *map(str, Path(os.path.realpath(root)).parents)}
    seen: set[str] = set()
    due = deque([str(root)])
    while due:
        for place, below, files in os.walk(due.popleft(), onerror=_refuse):
            real = os.path.realpath(place)
            if real in seen or (place != str(root) and is_foreign(Path(place))):
                below.clear()
                continue
            seen.add(real)
            kept = sorted(one for one in below if not _is_of_tools(one))
            links = [one for one in kept if os.path.islink(os.path.join(place, one))]
            linked = (os.path.join(place, one) for one in links)
            due += [one for one in linked if os.path.realpath(one) not in above]
            below[:] = [one for one in kept if one not in links]
            yield place, files


def _is_of_tools(name: str) -> bool:
    lower = name.lower()
    return name.startswith(".") or lower in _OF_TOOLS or lower.endswith(_LIBRARIES)


def _refuse(error: OSError) -> None:
    raise InputError(
        f"{error.filename}: it cannot be searched for photos: {error.strerror}; "
        "give yourself the right to it, or name another folder"
    )

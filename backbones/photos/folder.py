"""Photo files of a folder: listing them, and finding them by name."""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from backbones.errors import InputError, first_ten

#: File name extensions of photos, in lower case.
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})


def list_photos(folder: Path) -> list[str]:
    """Return the sorted relative names, with slashes, of all photos in a folder and below it.

    Raises
    ------
    InputError
        There is no such folder, or no photo in it.
    """
    names = _search(folder)
    if not names:
        raise InputError(f"{folder} holds no photos ({', '.join(sorted(SUFFIXES))})")
    return names


def find_photos(folder: Path, names: Sequence[str], with_absent: bool = False) -> list[Path]:
    """Return the path of each photo in `folder`, in the order of `names`.

    A name may contain sub-folders. Both Unicode forms, NFC and NFD, of a name are tried. A photo
    that is not there is an error, or, `with_absent`, has the path where it would lie.

    Raises
    ------
    InputError
        The folder is missing; or, all at once, names that point outside it and missing photos.
    """
    root = os.path.realpath(folder)
    paths = {str(name): _find(folder, name) for name in names}
    outside = {name for name, path in paths.items() if _is_outside(root, name, path)}
    absent = [name for name, path in paths.items() if path is None and name not in outside]
    if with_absent and os.path.isdir(folder):
        absent = [name for name in absent if "\0" in name]  # no path holds that
    if outside or absent:
        present = _search(folder)
        mistakes = [f"{name!r} leads out of the folder" for name in sorted(outside)]
        mistakes += [f"{name!r} is not there{_nearest(name, present)}" for name in absent[:10]]
        mistakes += absent[10:]
        count = f"{len(mistakes)} of {len(paths)}"
        raise InputError(f"{folder}: {count} photos are not in it:", first_ten(mistakes))
    return [paths[name] or folder / name for name in map(str, names)]


def _search(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    )


def _find(folder: Path, name: str) -> Path | None:
    for form in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
        if os.path.isfile(path := folder / form):
            return path
    return None


def _is_outside(root: str, name: str, path: Path | None) -> bool:
    away = Path(name).anchor != "" or ".." in Path(name).parts
    return away or (path is not None and not Path(os.path.realpath(path)).is_relative_to(root))


def _nearest(name: str, candidates: Sequence[str]) -> str:
    close = [candidate for candidate in candidates if Path(candidate).name == Path(name).name][:2]
    if not close and len(candidates) <= 20_000:  # with more, a name takes over half a second
        close = difflib.get_close_matches(name, candidates, n=2)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""

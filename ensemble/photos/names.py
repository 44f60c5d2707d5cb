"""The photos that a table names, and labels of them."""

from __future__ import annotations

import logging
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.photos.lookup import Found, find_photos
from backbones.plural import part
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.photos.foreign import is_ours
from ensemble.photos.numbers import exact
from ensemble.photos.spelling import plain, trim
from ensemble.photos.table import refuse_lines

Strings = npt.NDArray[np.str_]

_LOG = logging.getLogger("ensemble")


def find_named(
    rows: pd.DataFrame, column: str, path: Path, folder: Folder, with_absent: bool = False
) -> tuple[Strings, tuple[Photo, ...]]:
    """The column as names of photos, str (n,), and the file of each in `folder`.

    A photo that is not there is an error, or, `with_absent`, has the path where it would lie.

    Raises
    ------
    InputError
        Lines whose name is empty, cannot be written, fits no photo or several, or means a photo
        of a line before: all of one kind.
    """
    names = rows[column]
    refuse_lines((names == "").to_numpy(), names, f"{path}: {column} is empty", quoted=True)
    title = f"{path}: {column} holds control characters, which no table keeps"
    unfit = np.array([not is_writable(name) for name in names], dtype=bool)
    refuse_lines(unfit, names, title, quoted=True)
    found = find_photos(folder, names.tolist(), is_ours)
    if with_absent:
        found = found.with_absent(folder)
    _refuse_unknown(names, found, path, folder)
    _refuse_doubles(names, found, path)
    return names.to_numpy(dtype=np.str_), tuple(found.paths[name] for name in names)


def is_writable(name: str) -> bool:
    """Whether a name can be written into a table and read back from it."""
    if name.isprintable():  # as nearly all are, and looking at each letter takes longer
        return True
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)


def refuse_unwritable(names: Iterable[str], folder: Folder) -> None:
    """Refuse photos of a folder whose names no table can hold.

    Raises
    ------
    InputError
        Some hold control characters, such as a line break, or bytes that are no text.
    """
    unfit = [repr(name) for name in names if not is_writable(name)]
    if unfit:
        raise InputError(
            f"{folder}: photos whose names hold control characters or bytes that are no text, "
            "which no table keeps; rename them:",
            first_ten(unfit),
        )


def read_labels(rows: pd.DataFrame, column: str, path: Path, decimal: str = ".") -> Strings:
    """The column as labels of groups, str (n,).

    Raises
    ------
    InputError
        Lines whose label is empty or has blanks or invisible letters at its ends; labels that
        read the same, but are written in different letters.
    """
    labels = rows[column]
    refuse_lines((labels == "").to_numpy(), labels, f"{path}: {column} is empty", quoted=True)
    stray = np.array([trim(label) != label for label in labels], dtype=bool)
    title = f"{path}: {column} has blanks or invisible letters at its ends"
    refuse_lines(stray, labels, title, quoted=True)
    lines = labels.drop_duplicates()
    first = dict(zip(lines.tolist(), lines.index.tolist(), strict=True))
    if twins := _alike(first, plain):
        told = {label: f"{label!a} (line {line})" for label, line in first.items()}
        raise InputError(
            f"{path}: labels in {column} that read the same, but are written in different letters; "
            "write each in one way:",
            first_ten([" and ".join(told[one] for one in same) for same in twins]),
        )
    _tell_of_near(first, column, path, decimal)
    return labels.to_numpy(dtype=np.str_)


def _tell_of_near(labels: Collection[str], column: str, path: Path, decimal: str) -> None:
    """Warn of labels that may mean one group."""
    kinds: dict[str, Callable[[str], Hashable]] = {
        "differ in their case alone": lambda label: plain(label).casefold(),
        "are equal as numbers": lambda label: exact(label, decimal),
    }
    for kind, seen in kinds.items():
        if twins := _alike(labels, seen):
            _LOG.warning(
                "%s: labels in %s that %s count as different groups: %s",
                path,
                column,
                kind,
                ", ".join(" and ".join(map(repr, same)) for same in twins[:5]),
            )


def _alike(labels: Iterable[str], seen: Callable[[str], Hashable]) -> list[list[str]]:
    """Labels that are seen as the same, where there are several."""
    groups = defaultdict(list)
    for label in labels:
        groups[seen(label)].append(label)
    return [same for same in groups.values() if len(same) > 1]


def _refuse_unknown(names: pd.Series, found: Found, path: Path, folder: Folder) -> None:
    """Refuse names that no photo has, or several may have."""
    if not found.mistakes:
        return
    trimmed = {name: trim(name) for name in found.mistakes}
    stray = {name: short for name, short in trimmed.items() if short != name}
    meant = find_photos(folder, list(stray.values()), is_ours).paths
    told = {
        name: f"{name!r} has blanks or invisible letters at its ends; {short!r} is there"
        for name, short in stray.items()
        if short in meant
    }
    texts = names.map(lambda name: told.get(name) or f"{name!r} {found.mistakes.get(name)}")
    wrong = names.isin(list(found.mistakes)).to_numpy()
    missing = part(int(wrong.sum()), len(names), "photo", "is")
    refuse_lines(wrong, texts, f"{path}: {missing} not in {folder}")


def _refuse_doubles(names: pd.Series, found: Found, path: Path) -> None:
    """Refuse lines whose photo stands in a line before, under the same name or another."""
    paths = names.map(found.paths.__getitem__)
    again = paths.duplicated().to_numpy()
    if not again.any():
        return
    first = paths[~again]
    lines = dict(zip(first.tolist(), first.index.tolist(), strict=True))
    texts = pd.Series(
        [
            f"{name!r}, as {names[lines[photo]]!r} in line {lines[photo]}"
            for name, photo in zip(names, paths, strict=True)
        ],
        index=names.index,
    )
    refuse_lines(again, texts, f"{path}: a photo may be listed once")

"""What is removed from a cache folder, and how."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from backbones.errors import InputError, first_ten
from ensemble.config.settings import ConfigError
from ensemble.storage.inventory import Entry, Inventory
from ensemble.storage.kind import OUTPUTS, ROOMS

_HOUR = 3600
_UNITS = {"h": _HOUR, "d": 24 * _HOUR, "w": 7 * 24 * _HOUR}


def parse_age(text: str) -> int:
    """An age in seconds, from hours, days or weeks. An hour at least: what is in use is younger.

    >>> parse_age("2w") == parse_age("14d") == parse_age("336h") == 14 * 24 * 3600
    True

    Raises
    ------
    ConfigError
        It is written otherwise.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,5})([hdw])", text)
    if match is None:
        raise ConfigError(
            f"--prune takes a whole number above 0 with h, d or w (hours, days, weeks), as 12h, "
            f"30d or 2w, not {text!r}"
        )
    return int(match[1]) * _UNITS[match[2]]


def clearable(inventory: Inventory) -> list[Entry]:
    """All entries but the records of outputs, without which these would pass for the user's."""
    return [entry for entry in inventory.entries if entry.kind is not OUTPUTS]


def unused_since(inventory: Inventory, moment: float) -> list[Entry]:
    """The clearable entries that were not used since then (seconds since 1970)."""
    return [entry for entry in clearable(inventory) if entry.used < moment]


def remove(entries: Iterable[Entry]) -> list[Entry]:
    """Removes entries of the program, and gives those that are gone.

    A folder is renamed before its files go: a process that has it open keeps what it has, and one
    that opens it next finds none, never half of one.

    Raises
    ------
    InputError
        Some cannot be removed, after the others are.
    """
    gone, failed = [], []
    for entry in entries:
        if entry.kind is None:
            raise ValueError(f"{entry.paths[0]} is not the program's")
        try:
            for path in entry.paths:
                with contextlib.suppress(FileNotFoundError):  # another process was faster
                    _remove(path)
            gone.append(entry)
        except OSError as error:
            failed.append(str(error))
    if failed:
        raise InputError("what cannot be removed (the rest is gone):", first_ten(failed))
    return gone


def remove_empty_folders(cache: Path) -> None:
    """Those that the program makes for its entries; the cache folder itself stays."""
    for room in sorted(ROOMS, reverse=True):
        if not (cache / room).is_symlink():
            with contextlib.suppress(OSError):  # it holds something, or is not there
                (cache / room).rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        aside = path
        if path.suffix != ".removed":
            aside = path.rename(path.with_name(f"{path.name}.{os.getpid()}.removed"))
        shutil.rmtree(aside)
    else:
        path.unlink()

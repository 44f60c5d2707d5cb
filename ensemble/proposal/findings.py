"""What was found in a folder, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ensemble.config.table_format import TableFormat


@dataclass(frozen=True)
class Entry:
    """A key of the config: a value, or entries below it; and a reason for it."""

    key: str
    value: Any  #: of YAML; a tuple of entries for a mapping whose keys have reasons of their own
    comment: str = ""
    question: str = ""  #: of an element of a list: what only the user knows; till then, a comment


@dataclass(frozen=True)
class Draft:
    """A table to be written beside the config, as the config cannot read the user's own."""

    key: str  #: of data, which names it
    path: Path
    rows: pd.DataFrame
    form: TableFormat
    reason: str


@dataclass(frozen=True)
class Findings:
    """The data section of a config, and what is said of it."""

    entries: tuple[Entry, ...]
    drafts: tuple[Draft, ...] = ()
    seen: tuple[str, ...] = ()  #: lines for people
    cautions: tuple[str, ...] = ()  #: lines that are not to be missed

    def value(self, key: str) -> Any:
        """The value of a key; None where it has none."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def without(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.key not in keys)


def plain(entries: Sequence[Entry]) -> dict[str, Any]:
    """The keys and values alone, as the config's code takes them."""
    return {
        entry.key: plain(entry.value) if isinstance(entry.value, tuple) else entry.value
        for entry in entries
    }


def shown(number: float) -> str:
    """A number for people: whole, or of four digits.

    >>> shown(4e6), shown(12.5), shown(3.14159), shown(0.0)
    ('4,000,000', '12.5', '3.142', '0')
    """
    return f"{number:,.0f}" if number % 1 == 0 or abs(number) >= 10_000 else f"{number:.4g}"

"""Photos that cannot be used, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import part
from backbones.remote.photo import Photo
from ensemble.config.columns import LEFT_OUT, REASON

#: The table of them.
FILE = "rejected.csv"

#: What becomes of photos to predict: it is an error, they are left out, or they get the median of
#: the targets that were learned from.
OnBadPhoto = Literal["error", "skip", "fill"]
ON_BAD_PHOTO: tuple[OnBadPhoto, ...] = get_args(OnBadPhoto)


@dataclass(frozen=True)
class Rejected:
    """A photo that cannot be used."""

    name: str
    reason: str  #: one line, without its name
    item: str = ""  #: that it is of, where there are items
    alone: bool = True  #: whether its item stays, with other photos

    def __str__(self) -> str:
        return f"{self.name}{f', of {self.item}' if self.item else ''}: {self.reason}"

    def content(self) -> dict[str, str]:
        """The same for a table, or another program."""
        told = {"name": self.name, REASON: self.reason}
        if not self.item:
            return told
        return {**told, "item": self.item, LEFT_OUT: "photo" if self.alone else "item"}


def reject(name: str, file: Photo | str, mistakes: Sequence[str], item: str = "") -> Rejected:
    """The photo of a name, whose mistakes, or those of its copies, name its `file`."""
    own = next((one for one in mistakes if one.startswith(f"{file}: ")), mistakes[0])
    return Rejected(name, " ".join(own.removeprefix(f"{file}: ").split()), item)


def mark_lost(rejected: Sequence[Rejected], items: Collection[str]) -> tuple[Rejected, ...]:
    """The photos, where `items` are left: the others went with the last of their photos."""
    left = set(items)
    return tuple(replace(one, alone=not one.item or one.item in left) for one in rejected)


def lost_items(rejected: Sequence[Rejected]) -> list[str]:
    """The items without any photo that can be used, each once."""
    return list(dict.fromkeys(one.item for one in rejected if not one.alone))


def rejected_table(
    rejected: Sequence[Rejected], column: str, item: str | None = None
) -> pd.DataFrame:
    """The names, in `column`, and the reasons; only the header where there is none.

    Where `item` is the column of items, also which each photo is of, and whether the photo or its
    item was left out.
    """
    keys = ["name", REASON] if item is None else ["name", "item", REASON, LEFT_OUT]
    called = [column, REASON] if item is None else [column, item, REASON, LEFT_OUT]
    rows = [[one.content()[key] for key in keys] for one in rejected]
    return pd.DataFrame(rows, columns=called)


def refuse_rest(
    rejected: Sequence[Rejected],
    left: int,
    least: int,
    why: str,
    of: tuple[int, str] | None = None,
) -> None:
    """Refuse to go on with fewer than `least` photos; `why` says what needs them.

    Where they are not photos, `of` says how many there were, and what they are.

    Raises
    ------
    InputError
        There are fewer; the others are listed.
    """
    if rejected and left < least:
        whole, noun = of or (left + len(rejected), "photo")
        usable = part(left, whole, noun)
        raise InputError(
            f"{usable} can be used, and {why}; {'photos' if of else 'those'} that cannot:",
            first_ten(list(map(str, rejected))),
        )

"""Photos that cannot be used, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import part
from backbones.remote.photo import Photo
from ensemble.config.columns import REASON

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

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def reject(name: str, file: Photo | str, mistakes: Sequence[str]) -> Rejected:
    """The photo of a name, whose mistakes, or those of its copies, name its `file`."""
    own = next((one for one in mistakes if one.startswith(f"{file}: ")), mistakes[0])
    return Rejected(name, " ".join(own.removeprefix(f"{file}: ").split()))


def rejected_table(rejected: Sequence[Rejected], column: str) -> pd.DataFrame:
    """The names, in `column`, and the reasons; only the header where there is none."""
    rows = [(one.name, one.reason) for one in rejected]
    return pd.DataFrame(rows, columns=[column, REASON])


def refuse_rest(rejected: Sequence[Rejected], left: int, least: int, why: str) -> None:
    """Refuse to go on with fewer than `least` photos; `why` says what needs them.

    Raises
    ------
    InputError
        There are fewer; the others are listed.
    """
    if rejected and left < least:
        usable = part(left, left + len(rejected), "photo")
        raise InputError(
            f"{usable} can be used, and {why}; those that cannot:",
            first_ten(list(map(str, rejected))),
        )

"""What photos and the columns beside them add to each other: the members of one alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ensemble.config.member import Member
from ensemble.scoring.gains import Gain
from ensemble.stacking.outoffold import OutOfFold

#: Rows of the leaderboard: what the same stack makes of the members of columns, or of photos.
COLUMNS_ALONE, PHOTOS_ALONE = "columns alone", "photos alone"

#: These rows, and what the stack of all members has beside.
ALONE = {COLUMNS_ALONE: "photos", PHOTOS_ALONE: "columns"}


def split_sources(members: Sequence[Member], table: OutOfFold) -> dict[str, OutOfFold]:
    """The out-of-fold table of the members of columns alone, and of those of photos alone.

    A member that learns from both is part of neither. Where one source has no member of its own, it
    is left out, and where all members are of one, so are both.
    """
    sources = {
        COLUMNS_ALONE: [number for number, one in enumerate(members) if not one.backbones],
        PHOTOS_ALONE: [number for number, one in enumerate(members) if not one.takes_columns],
    }
    if len(members) in map(len, sources.values()):
        return {}
    return {name: _only(table, chosen) for name, chosen in sources.items() if chosen}


def no_gain(gain: Gain, added: str) -> str:
    """What is to be said of a gain that is none; empty where it is one.

    >>> no_gain(Gain(3.0, 1.0), "photos")
    ''
    >>> no_gain(Gain(1.0, 1.0), "photos")
    'what photos add is within what comes by chance'
    """
    if gain.is_sure:
        return ""
    if replace(gain, size=-gain.size).is_sure:
        return f"with {added} it is worse"
    return f"what {added} add is within what comes by chance"


def _only(table: OutOfFold, members: list[int]) -> OutOfFold:
    """The table of these members, by their positions."""
    return replace(
        table,
        members=tuple(table.members[number] for number in members),
        predictions=table.predictions[:, members],
        inner={folds: columns[:, members] for folds, columns in table.inner.items()},
    )

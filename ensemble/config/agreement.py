"""What the columns of a config and its heads say of each other: mistakes, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ensemble import heads
from ensemble.config.columns import Columns
from ensemble.config.entry import BackboneEntry, JointEntry
from ensemble.config.member import VIEWS, Views
from ensemble.config.tabular import TabularEntry

Entries = Sequence[BackboneEntry | JointEntry | TabularEntry]


def ways_of(columns: Columns, views: Views | None) -> tuple[Views | None, ...]:
    """The ways in which each head learns: of items those of `views`, of photos just one."""
    if columns.item is None:
        return (None,)
    return VIEWS if views is None else (views,)


def members_of(columns: Columns, views: Views | None, entries: Entries) -> list[str]:
    """The names that members may have, of items also those of each way to learn."""
    members = [f"{one.name}.{head.name}" for one in entries for head in one.heads]
    if columns.item is None:
        return members
    of_photos = [one for one in entries if not isinstance(one, TabularEntry)]
    named = [f"{one.name}.{head.name}" for one in of_photos for head in one.heads]
    return [*members, *(f"{one}.{way}" for one in named for way in ways_of(columns, views))]


def item_mistakes(
    columns: Columns, views: Views | None, entries: Entries, members: Sequence[str]
) -> Iterator[str]:
    """What is wrong with columns beside the heads that learn of them; see ``members_of``."""
    if columns.item is None:
        if views is not None:
            yield (
                f"views: {views} is of items of several photos; name their column as "
                "data.columns.item, or leave it out"
            )
        key = "name"
    else:
        yield from _maps(entries)
        key = "item"
    if columns.key in members:
        yield (
            f"data.columns.{key}: {columns.key!r} is the column of a member's "
            "predictions, beside the names; rename it in the tables, or give the head a name"
        )


def _maps(entries: Entries) -> Iterator[str]:
    """Heads that learn where objects are, and so one photo at a time."""
    named = [
        f"{one.name}.{head.name}"
        for one in entries
        for head in one.heads
        if heads.takes_maps(head.head)
    ]
    if named:
        yield (
            f"data.columns.item: {', '.join(named)} learn where objects are in single photos, not "
            "from items of several; leave out these heads or the column"
        )

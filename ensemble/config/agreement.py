"""What the columns of a config and its heads say of each other: mistakes, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ensemble import heads
from ensemble.config.columns import Columns
from ensemble.config.entries import Entry
from ensemble.config.member import Views


def item_mistakes(
    columns: Columns, views: Views | None, entries: Sequence[Entry], members: Sequence[str]
) -> Iterator[str]:
    """What is wrong with columns beside the heads that learn of them; see ``member_names``."""
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


def _maps(entries: Sequence[Entry]) -> Iterator[str]:
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

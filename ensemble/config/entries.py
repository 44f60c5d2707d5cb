"""All entries of a config together: the members that their heads become."""

from __future__ import annotations

from collections.abc import Sequence

from backbones.networks.backbone import Backbone
from ensemble.config.columns import Columns
from ensemble.config.entry import BackboneEntry, JointEntry
from ensemble.config.member import VIEWS, Member, Views
from ensemble.config.tabular import TabularEntry

Entry = BackboneEntry | JointEntry | TabularEntry


def make_members(
    entries: Sequence[Entry],
    backbones: Sequence[Backbone],
    columns: Columns,
    views: Views | None,
) -> list[Member]:
    """A member for each head of each entry, and each way in which it learns."""
    named = {backbone.name: backbone for backbone in backbones}
    return [
        Member(tuple(named[name] for name in entry.sources), head, views=way)
        for entry in entries
        for head in entry.heads
        for way in _ways_of(entry, columns, views)
    ]


def member_names(entries: Sequence[Entry], columns: Columns, views: Views | None) -> list[str]:
    """The names that members may have, of items also those of each way to learn."""
    heads = [(entry, f"{entry.name}.{head.name}") for entry in entries for head in entry.heads]
    ways = [
        f"{name}.{way}"
        for entry, name in heads
        for way in _ways_of(entry, columns, views)
        if way is not None
    ]
    return [*(name for _, name in heads), *ways]


def _ways_of(entry: Entry, columns: Columns, views: Views | None) -> tuple[Views | None, ...]:
    """The ways in which a head learns: of photos of items those of `views`, else just one."""
    if columns.item is None or not entry.sources:
        return (None,)
    return VIEWS if views is None else (views,)

"""What networks have yet to see of photos, and what nobody waits for any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

from backbones.features.cuts import Cuts, Load
from backbones.features.store import Store
from backbones.networks.backbone import Backbone
from ensemble.photos.subjects import Pending
from ensemble.scoring.tiles import Tiles


def unmapped_keys(
    backbones: Sequence[Backbone],
    photos: Collection[str],
    stores: Mapping[str, Store],
    cuts: Cuts,
) -> set[str]:
    """The keys of photos, and of tiles, that lack features in the stores, by fingerprint."""
    return {
        key
        for one in backbones
        for key in stores[one.fingerprint].missing(cuts.keys(one, photos), False)
    }


def due_loads(
    backbones: Sequence[Backbone],
    photos: Mapping[str, Load],
    tiles: Tiles,
    unmapped: Set[str] = frozenset(),
) -> dict[str, Load]:
    """How to load photos, and those of their tiles that are `unmapped`, or lack their numbers."""
    due = {*tiles.missing(list(photos)), *unmapped}
    if not backbones or any(one.spec.tile is None for one in backbones):
        due.update(photos)
    return tiles.cuts.loads(photos, due)


def spent_stores(
    backbones: Sequence[Backbone], stores: Mapping[str, Store], pending: Pending
) -> list[Store]:
    """Those whose features no subject waits for; those of tiles have become numbers."""
    return [
        stores[one.fingerprint]
        for one in backbones
        if one.spec.tile is not None or pending.is_between
    ]

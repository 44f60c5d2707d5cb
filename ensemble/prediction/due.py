"""What networks have yet to see of photos, and what nobody waits for any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

from backbones.features.cuts import Cuts, Load
from backbones.features.store import Store, TransientStore
from backbones.networks.backbone import Backbone
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


def forget_spent(
    backbones: Sequence[Backbone], stores: Mapping[str, Store], tiles: Tiles, waiting: Set[str]
) -> None:
    """Forget what is in memory alone of all photos but those that are `waiting`.

    Features of their tiles have become numbers.
    """
    tiles.keep(waiting)
    for one in backbones:
        store = stores[one.fingerprint]
        if isinstance(store, TransientStore):
            store.keep(waiting if one.spec.tile is None else ())

"""What the store lacks of photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from backbones.cluster.worker import Place
from backbones.engines import EngineChoice
from backbones.features.forward_pass import group_passes, pass_name
from backbones.features.measures import Measure
from backbones.features.store import FeatureStore, open_store
from backbones.networks.backbone import Backbone
from backbones.remote.photo import Photo


@dataclass(frozen=True)
class LackingJob:
    """A forward pass, or a measure, with its stores and the photos that it lacks."""

    name: str
    backbones: tuple[Backbone, ...]
    measure: Measure | None
    stores: tuple[FeatureStore, ...]
    todo: frozenset[str]

    def places(self, shared: bool) -> tuple[Place, ...]:
        """Where rows go: whole maps may be written where they are made, and if `shared`, all."""
        maps = [one.spec.keeps_maps for one in self.backbones] or [False]
        return tuple(
            Place(
                store.length, store.dtype.str, store.folder.resolve() if keeps or shared else None
            )
            for store, keeps in zip(self.stores, maps, strict=True)
        )


def open_jobs(
    photos: Mapping[str, Sequence[Photo]],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: EngineChoice,
    measures: Sequence[Measure],
    opened: ExitStack,
) -> list[LackingJob]:
    """The passes, then the measures, that some photos lack; their stores close with `opened`."""
    keys = list(photos)
    jobs = []
    for group in group_passes(backbones):
        stores = []
        for one in group:
            stores.append(open_store(one, cache, engine))
            opened.callback(stores[-1].close)
        lacking = [
            frozenset(store.missing(keys, not one.spec.keeps_maps))
            for one, store in zip(group, stores, strict=True)
        ]
        due = [number for number, some in enumerate(lacking) if some]
        if due:
            some = tuple(group[number] for number in due)
            todo = frozenset().union(*(lacking[number] for number in due))
            opened_for = tuple(stores[number] for number in due)
            jobs.append(LackingJob(pass_name(some), some, None, opened_for, todo))
    for measure in measures:
        store = measure.open(cache)
        opened.callback(store.close)
        todo = frozenset(store.missing(keys))
        jobs.append(LackingJob("looks of photos", (), measure, (store,), todo))
    return jobs

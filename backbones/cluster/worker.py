"""What a process on the cluster does with photos; it knows of no Ray, and can be tried without."""

from __future__ import annotations

import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backbones.cluster.carried import CarriedPass, open_carried
from backbones.cluster.environment import environment, refuse_others
from backbones.engines import EngineChoice, Photos
from backbones.errors import InputError, UnreachableError
from backbones.features.cuts import Load
from backbones.features.extract import ChangedPhotoError, load_file, run_blocks
from backbones.features.forward_pass import ForwardPass, Job
from backbones.features.measures import Measure, MeasureJob
from backbones.features.shards import Features, Shards
from backbones.features.store import FeatureStore, Store, TransientStore
from backbones.files import read_file
from backbones.photos.framing import Wanted
from backbones.remote.photo import Photo

#: Photos that one network sees before the next one does.
_BLOCK = 32


#: A photo's bytes, why they cannot be had, or where the worker is to read them.
Read = bytes | InputError | Photo


@dataclass(frozen=True)
class Place:
    """Rows of one backbone or measure: how long they are, and where they go."""

    length: int
    dtype: str
    folder: Path | None = None  #: of the store that a worker on the node may write itself


@dataclass(frozen=True)
class Plan:
    """All that a worker needs beside photos; places are those of the passes, then the measures."""

    passes: tuple[CarriedPass, ...]
    measures: tuple[Measure, ...]
    places: tuple[tuple[Place, ...], ...]
    threads: int
    engine: EngineChoice
    environments: tuple[Mapping[str, str], ...]  #: of each pass, where the plan was made
    node: str | None  #: on which stores with a folder lie
    #: a folder among those of the stores, where every node is to see them: rows go into shards
    shared: Path | None = None


@dataclass(frozen=True)
class SentPhoto:
    """A photo: its files, what was read of them, and which jobs (by number) want it."""

    digest: str
    copies: tuple[Photo, ...]
    read: Mapping[Photo, Read]  #: of each file, up to the first that could be read
    jobs: frozenset[int]

    def load(self) -> Load:
        """How to decode it, as if its files were here."""
        return load_file(self.copies, self.digest, self._bytes_of)

    def _bytes_of(self, path: Photo) -> bytes:
        # Behind the first that could be read the others have the same bytes.
        found = self.read.get(path) or next(
            one for one in self.read.values() if isinstance(one, bytes)
        )
        if isinstance(found, InputError):
            raise found
        return found if isinstance(found, bytes) else _read_shared(found)


@dataclass(frozen=True)
class Found:
    """What came of a block of photos."""

    #: Of each place of each job: keys, and their rows unless the worker has written them.
    rows: tuple[tuple[tuple[list[str], Features | None], ...], ...]
    mistakes: Mapping[str, list[str]]  #: of photos that cannot be used, by their digest
    changed: frozenset[str]  #: which of them are other photos than at the start
    node: str  #: name of the node


class Extractor:
    """Keeps networks open, and turns photos into rows; `node` is the one that it runs on."""

    def __init__(self, plan: Plan, node: str | None = None) -> None:
        self._plan = plan
        self._node = node
        self._passes: list[ForwardPass] | None = None
        self._stores: dict[Place, FeatureStore] = {}

    def open(self) -> list[ForwardPass]:
        """Open the networks, once.

        Raises
        ------
        InputError
            This node would make other numbers, or does not see what it should.
        """
        if self._passes is None:
            plan = self._plan
            if plan.shared is not None and not plan.shared.is_dir():
                raise InputError(
                    f"the Ray node {platform.node()} does not see {plan.shared.parent}, which "
                    "parallel.shared says of all nodes; name as cache_dir a folder that they "
                    "share, or set parallel.shared: false"
                )
            for carried, there in zip(plan.passes, plan.environments, strict=True):
                refuse_others(there, environment(plan.engine, carried.backbones[0].spec.precision))
            self._passes = [open_carried(one, plan.threads) for one in plan.passes]
        return self._passes

    def extract(self, photos: Sequence[SentPhoto]) -> Found:
        """Decode photos and run them through the networks that want them."""
        passes = self.open()
        stores = [[self._open_store(one) for one in places] for places in self._plan.places]
        wanted = [
            [one.digest for one in photos if number in one.jobs] for number in range(len(stores))
        ]
        jobs: list[Job | MeasureJob] = [
            Job(*taken) for taken in zip(passes, stores, wanted, strict=False)
        ]
        for measure, (store,), todo in zip(
            self._plan.measures, stores[len(passes) :], wanted[len(passes) :], strict=True
        ):
            jobs.append(MeasureJob(measure, store, todo))
        mistakes: dict[str, list[str]] = {}
        changed: set[str] = set()
        loads = {one.digest: partial(_load, one, changed) for one in photos}
        for _ in run_blocks(loads, jobs, _BLOCK, lambda _: None, mistakes, self._plan.threads):
            pass
        for job in jobs:
            job.finish()
        kept = [[key for key in todo if key not in mistakes] for todo in wanted]
        rows = tuple(
            tuple(
                (keys, self._keep(place, store, keys))
                for place, store in zip(places, several, strict=True)
            )
            for places, several, keys in zip(self._plan.places, stores, kept, strict=True)
        )
        return Found(rows, mistakes, frozenset(changed), platform.node())

    def _keep(self, place: Place, store: Store, keys: Sequence[str]) -> Features | None:
        """Rows that the process that asks is to write; None where they are written."""
        if not isinstance(store, TransientStore):
            return None
        rows = store.read(keys)
        if self._plan.shared is None or place.folder is None:
            return rows
        if keys:
            Shards(place.folder, place.length, place.dtype).write(keys, rows)
        return None

    def _open_store(self, place: Place) -> Store:
        """Rows of this block alone, or the store itself, which stays open, on its own machine."""
        is_elsewhere = self._plan.shared is not None or self._node != self._plan.node
        if place.folder is None or is_elsewhere:
            return TransientStore(place.length, place.dtype)
        if place not in self._stores:
            self._stores[place] = FeatureStore(place.folder, place.length, place.dtype)
        return self._stores[place]


def _load(photo: SentPhoto, changed: set[str], wanted: Collection[Wanted]) -> dict[Wanted, Photos]:
    """Decode a photo; that it is another one is noted, as rows are told of by the driver."""
    try:
        return photo.load()(wanted)
    except ChangedPhotoError as error:
        changed.add(photo.digest)
        raise InputError("a photo that cannot be used:", error.mistakes) from None


def _read_shared(path: Photo) -> bytes:
    """Read a photo that the process that asks has read before: it is no bad one."""
    try:
        return read_file(path)
    except UnreachableError:
        raise
    except InputError as error:
        raise UnreachableError(
            f"{error} on the Ray node {platform.node()}, and parallel.shared says that all nodes "
            "see the photos; share their folder, or set parallel.shared: false"
        ) from None

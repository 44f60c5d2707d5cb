"""Heads fitted by tasks on a Ray cluster."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from backbones.cluster.environment import environment, refuse_others
from backbones.cluster.failures import named_failures
from backbones.cluster.session import Cluster
from backbones.features.maps import Maps, Source
from backbones.features.shards import Shards
from backbones.features.store import FeatureStore
from backbones.networks.catalog import THREADS
from backbones.networks.network import Shape
from backbones.photos.tiles import Layout
from ensemble import heads
from ensemble.photos.views import Apart
from ensemble.stacking.complaints import TOLD, name_errors
from ensemble.stacking.fits import Fits, Learned, LeftOut, Matrix, fit_in_threads, make_content
from ensemble.stacking.kept import Content, keep_content

#: How often a fit is tried again whose worker died.
_RETRIES = 3


@dataclass(frozen=True)
class PlacedMaps:
    """Maps by the places of their stores, for another process."""

    sources: tuple[tuple[Path, int, str, tuple[Shape, ...]], ...]
    photos: Sequence[str]
    size: tuple[int, int]
    layouts: Sequence[Layout] | None
    shared: bool  #: whether all of them lie in shards, which any machine may read

    @classmethod
    def of(cls, maps: Maps, shared: bool) -> PlacedMaps:
        """The places of maps that lie in stores on disk; `shared`: which other machines see."""
        sources, keys = [], maps.frames.photos
        for source in maps.sources:
            store = source.store
            assert isinstance(store, FeatureStore)  # a fit has no others
            placed = store.folder.resolve(), store.length, store.dtype.str, source.shapes
            sources.append(placed)
            shared = shared and not store.shards.missing(keys, checked=False)
        return cls(tuple(sources), maps.photos, maps.size, maps.layouts, shared)

    @contextmanager
    def open(self) -> Iterator[Maps]:
        """Open the stores in this process."""
        with ExitStack() as opened:
            sources = []
            kind = Shards if self.shared else FeatureStore
            for folder, length, dtype, shapes in self.sources:
                store = kind(folder, length, dtype)
                opened.callback(store.close)
                sources.append(Source(store, shapes))
            yield Maps(tuple(sources), self.photos, self.size, self.layouts)


@dataclass(frozen=True)
class Complaint:
    """A warning of a library, as it goes from one process to another."""

    message: str
    category: type[Warning]
    filename: str
    line: int


@dataclass(frozen=True)
class Made:
    """A fit made elsewhere, and what the libraries warned of meanwhile."""

    content: Content
    complaints: tuple[Complaint, ...]


class RayFits:
    """``ensemble.stacking.fits.RunFits`` on a cluster.

    A matrix of features is put into Ray's store once, and every task on a node reads the same
    memory. Heads on whole maps are fitted on every node, where all maps lie in shards that nodes
    share; otherwise on this process's node, which has their stores, or, where it is none of the
    cluster, in its threads. No more tasks are on their way than there are cores.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._put: tuple[str, Sequence[str], Any] | None = None

    def __call__(
        self, fits: Fits, features: Learned, key: str, places: Mapping[LeftOut, Path]
    ) -> Iterator[None]:
        """See ``RunFits``."""
        cluster = self._cluster
        ray, machines = cluster.ray, cluster.machines
        sent = PlacedMaps.of(features, cluster.shared) if isinstance(features, Maps) else features
        is_here = isinstance(sent, PlacedMaps) and not sent.shared
        if is_here and machines.node is None:
            yield from fit_in_threads(fits, features, key, places)
            return
        cores = min(cluster.cores, THREADS) if fits.is_network else 1
        options: dict[str, Any] = {"num_cpus": cores, "max_retries": _RETRIES}
        if is_here:
            from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

            options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(machines.node, False)
        at_once = max(1, (machines.cores_here if is_here else machines.cores) // cores)
        task = ray.remote(make_elsewhere).options(**options)
        given = ray.put(fits), self._put_once(fits, sent, key), ray.put(_environment(fits))
        yield from self._run(fits, task, given, at_once, places)

    def _run(
        self,
        fits: Fits,
        task: Any,
        given: Sequence[Any],
        at_once: int,
        places: Mapping[LeftOut, Path],
    ) -> Iterator[None]:
        ray, member = self._cluster.ray, fits.member.name
        left = iter(places)
        pending = {task.remote(*given, one): one for one in islice(left, at_once)}
        try:
            while pending:
                (ref, *_), _ = ray.wait(list(pending), num_returns=1)
                left_out = pending.pop(ref)
                with name_errors(member), named_failures("fitting a head"):
                    made = ray.get(ref)
                pending |= {task.remote(*given, one): one for one in islice(left, 1)}
                keep_content(places[left_out], made.content)
                _complain(made.complaints)
                yield
        finally:
            for ref in pending:
                ray.cancel(ref, force=True)

    def _put_once(self, fits: Fits, features: Matrix | PlacedMaps | Apart, key: str) -> Any:
        """Put features where tasks find them: once for all members that learn from them."""
        photos = fits.labels.photos
        if self._put is None or self._put[:2] != (key, photos):
            self._put = None  # so that Ray lets go of the last ones first
            self._put = key, photos, self._cluster.ray.put(features)
        return self._put[2]


def make_elsewhere(
    fits: Fits, features: Matrix | PlacedMaps | Apart, there: Mapping[str, str], left_out: LeftOut
) -> Made:
    """Make a fit in this process for another one, in whose environment (`there`) it is kept."""
    refuse_others(there, _environment(fits))
    opened: AbstractContextManager[Any] = (
        features.open() if isinstance(features, PlacedMaps) else nullcontext(features)
    )
    with opened as usable, heads.one_thread(), warnings.catch_warnings(record=True) as caught:
        for kind in TOLD:
            warnings.simplefilter("always", kind)
        content = make_content(fits, usable, left_out)
    told = [one for one in caught if issubclass(one.category, TOLD)]
    return Made(
        content,
        tuple(Complaint(str(one.message), one.category, one.filename, one.lineno) for one in told),
    )


def _environment(fits: Fits) -> dict[str, str]:
    return environment("tensorflow" if fits.is_network else None)


def _complain(complaints: Sequence[Complaint]) -> None:
    for one in complaints:
        warnings.warn_explicit(one.message, one.category, one.filename, one.line)

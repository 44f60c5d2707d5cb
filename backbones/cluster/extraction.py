"""The store brought up to date by a pool of Ray's actors."""

from __future__ import annotations

import logging
import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any

from backbones.cluster.carried import CarriedPass, carry_passes
from backbones.cluster.environment import environment
from backbones.cluster.failures import named_failures
from backbones.cluster.lacking import LackingJob, open_jobs
from backbones.cluster.session import Cluster
from backbones.cluster.worker import Extractor, Found, Plan, SentPhoto
from backbones.cluster.writer import Writer
from backbones.engines import EngineChoice, choose_engine
from backbones.engines.tensorflow import batch_size
from backbones.errors import InputError
from backbones.features.extract import BLOCK, Mistakes
from backbones.features.measures import Measure
from backbones.files import read_file
from backbones.networks.backbone import Backbone
from backbones.parallel import map_in_order
from backbones.progress import Progress

_LOG = logging.getLogger("ensemble")

#: Blocks that an actor has: one that it computes, and one that waits for it.
_IN_FLIGHT = 2

#: How often a block is tried again whose actor died: a photo may be what kills it.
_RETRIES = 3

#: The most photos of a block; see ``_block_size``.
_LARGEST = 512


class RayExtraction:
    """``backbones.features.extract.Extract`` on a cluster.

    This process reads the photos' files and sends their bytes, so that nodes need not share them;
    it writes rows as they come, in whichever order. So a run that is killed goes on from there, and
    photos whose features the store holds are not sent.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def __call__(
        self,
        photos: Mapping[str, Sequence[Path]],
        backbones: Sequence[Backbone],
        cache: Path,
        engine: EngineChoice,
        progress: Progress,
        measures: Sequence[Measure] = (),
        rejected: Mistakes | None = None,
    ) -> None:
        """See ``backbones.features.extract.extract``."""
        with ExitStack() as opened:
            jobs = open_jobs(photos, backbones, cache, engine, measures, opened)
            todo = [key for key in photos if any(key in job.todo for job in jobs)]
            if not todo:
                return
            due = [one for job in jobs for one in job.backbones]
            passes = carry_passes(due, cache, engine, progress)
            plan = self._plan(passes, jobs, choose_engine(engine))
            writer = Writer(jobs, photos, rejected)
            size = _block_size(passes)
            blocks = _blocks(todo, photos, jobs, size)
            count = math.ceil(len(todo) / size)
            results = _run(self._cluster, plan, blocks, count)
            with writer.stages(progress), closing(results):
                for found in results:
                    writer.write(found)
            writer.refuse()

    def _plan(
        self, passes: Sequence[CarriedPass], jobs: Sequence[LackingJob], engine: EngineChoice
    ) -> Plan:
        return Plan(
            tuple(passes),
            tuple(job.measure for job in jobs if job.measure is not None),
            tuple(job.places for job in jobs),
            self._cluster.cores,
            engine,
            tuple(environment(engine, one.backbones[0].spec.precision) for one in passes),
            self._cluster.machines.node,
        )


def _block_size(passes: Sequence[CarriedPass]) -> int:
    """Photos that go to an actor at a time.

    TensorFlow's last bits depend on how many photos are in a batch: a block is a multiple of every
    batch, so that they are those of a run without Ray. Where photos cannot be decoded, or some have
    features already, a batch may be shorter; so it is there after a kill.
    """
    batches = [batch_size(one.backbones[0].size) for one in passes if not one.converted]
    together = math.lcm(1, *batches)
    if together > _LARGEST:
        return max(batches)
    return together * max(1, BLOCK // together)


def _blocks(
    todo: Sequence[str],
    photos: Mapping[str, Sequence[Path]],
    jobs: Sequence[LackingJob],
    size: int,
) -> Iterator[list[SentPhoto]]:
    """Read the photos' files, some ahead, in blocks."""

    def read(key: str) -> SentPhoto:
        wanted = frozenset(number for number, job in enumerate(jobs) if key in job.todo)
        return SentPhoto(key, tuple(photos[key]), _read_first(photos[key]), wanted)

    ready = map_in_order(read, todo)
    while block := list(islice(ready, size)):
        yield block


def _read_first(copies: Sequence[Path]) -> dict[Path, bytes | InputError]:
    """The first of a photo's files that can be read; before it, why the others cannot."""
    found: dict[Path, bytes | InputError] = {}
    for path in copies:
        try:
            found[path] = read_file(path)
            break
        except InputError as error:
            found[path] = error
    return found


def _run(
    cluster: Cluster, plan: Plan, blocks: Iterator[list[SentPhoto]], count: int
) -> Generator[Found, None, None]:
    """Hand `count` blocks to actors, as each is free for one; results come in no order.

    Actors that die are started again by Ray, and so are their blocks.
    """
    ray = cluster.ray
    started = _start_actors(cluster, plan, count)
    pending = {actor.open.remote(): (actor, "opening the networks") for actor in started}
    try:
        while count:  # actors that find no room until then are not needed
            (ref, *_), _ = ray.wait(list(pending), num_returns=1)
            actor, work = pending.pop(ref)
            with named_failures(work):
                found = ray.get(ref)
            # A new actor gets all its blocks at once, one that has done a block the next one.
            room = 1 if isinstance(found, Found) else _IN_FLIGHT
            for block in islice(blocks, room):
                sent = actor.extract.remote(block)
                pending[sent] = actor, f"extracting {block[0].copies[0]} and the photos after it"
            if isinstance(found, Found):
                count -= 1
                yield found
    finally:
        for ref in pending:  # or Ray would say that it tries what is killed again
            ray.cancel(ref)
        for actor in started:
            ray.kill(actor)


def _start_actors(cluster: Cluster, plan: Plan, blocks: int) -> list[Any]:
    ray, machines, cores = cluster.ray, cluster.machines, cluster.cores
    count = cluster.actors or max(1, machines.cores // cores)
    fitting = max(1, machines.cores // cores)
    if cores > machines.most or count > fitting:
        _LOG.warning(
            "parallel: %d actors of %d cores, and Ray has %d cores, %d on one node: those that "
            "find no room wait for it",
            count,
            cores,
            machines.cores,
            machines.most,
        )
    actor = ray.remote(_Actor).options(num_cpus=cores, max_restarts=-1, max_task_retries=_RETRIES)
    # In a list it is fetched by each actor again, also after it died; Ray would warn otherwise.
    sent = [ray.put(plan)]
    return [actor.remote(sent) for _ in range(min(count, blocks))]


class _Actor:
    """An ``Extractor`` that knows its node."""

    def __init__(self, plan: Sequence[Any]) -> None:
        import ray

        self._extractor = Extractor(ray.get(plan[0]), ray.get_runtime_context().get_node_id())

    def open(self) -> None:
        self._extractor.open()

    def extract(self, photos: Sequence[SentPhoto]) -> Found:
        return self._extractor.extract(photos)

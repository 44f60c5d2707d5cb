"""The store brought up to date by a pool of Ray's actors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from backbones.cluster.carried import CarriedPass, carry_passes
from backbones.cluster.environment import environment
from backbones.cluster.lacking import LackingJob, open_jobs
from backbones.cluster.pool import extract_blocks
from backbones.cluster.session import Cluster
from backbones.cluster.worker import Plan, Read, SentPhoto
from backbones.cluster.writer import Writer
from backbones.engines import EngineChoice, choose_engine
from backbones.engines.tensorflow import batch_size
from backbones.errors import InputError, UnreachableError
from backbones.features.cuts import Mistakes
from backbones.features.extract import BLOCK, extract
from backbones.features.measures import Measure
from backbones.features.store import ROOM
from backbones.files import read_file, temporary_folder
from backbones.networks.backbone import Backbone
from backbones.parallel import map_in_order
from backbones.progress import Progress
from backbones.remote.photo import Photo

#: The most photos of a block; see ``_block_size``.
_LARGEST = 512

#: About how many photos are in a block where nodes share files, in place of ``BLOCK``: there are
#: fewer shards, and less for this process to do.
SHARD = 4 * BLOCK


class RayExtraction:
    """``backbones.features.extract.Extract`` on a cluster.

    This process reads the photos' files and sends their bytes, so that nodes need not share them;
    it writes rows as they come, in whichever order. Where the nodes share photos and stores, they
    read and write themselves. Either way a run that is killed goes on from there, and nothing is
    asked of photos whose features the store holds.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def __call__(
        self,
        photos: Mapping[str, Sequence[Photo]],
        backbones: Sequence[Backbone],
        cache: Path,
        engine: EngineChoice,
        progress: Progress,
        measures: Sequence[Measure] = (),
        rejected: Mistakes | None = None,
    ) -> None:
        """See ``backbones.features.extract.extract``; tiles are cut and seen on this machine."""
        tiled = [one for one in backbones if one.spec.tile is not None]
        if tiled:
            extract(photos, tiled, cache, engine, progress, (), rejected)
            backbones = [one for one in backbones if one.spec.tile is None]
        with ExitStack() as opened:
            jobs = open_jobs(photos, backbones, cache, engine, measures, opened)
            todo = [key for key in photos if any(key in job.todo for job in jobs)]
            if not todo:
                return
            due = [one for job in jobs for one in job.backbones]
            passes = carry_passes(due, cache, engine, progress)
            shared = self._cluster.shared
            seen = opened.enter_context(temporary_folder(cache / ROOM)) if shared else None
            plan = self._plan(passes, jobs, choose_engine(engine), seen)
            writer = Writer(jobs, photos, rejected)
            size = _block_size(passes) * (SHARD // BLOCK if shared else 1)
            blocks = _blocks(todo, photos, jobs, size, shared)
            count = math.ceil(len(todo) / size)
            results = extract_blocks(self._cluster, plan, blocks, count)
            with writer.stages(progress), closing(results):
                for found in results:
                    writer.write(found)
            writer.refuse()

    def _plan(
        self,
        passes: Sequence[CarriedPass],
        jobs: Sequence[LackingJob],
        engine: EngineChoice,
        seen: Path | None,
    ) -> Plan:
        return Plan(
            tuple(passes),
            tuple(job.measure for job in jobs if job.measure is not None),
            tuple(job.places(seen is not None) for job in jobs),
            self._cluster.cores,
            engine,
            tuple(environment(engine, one.backbones[0].spec.precision) for one in passes),
            self._cluster.machines.node,
            None if seen is None else seen.resolve(),
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
    photos: Mapping[str, Sequence[Photo]],
    jobs: Sequence[LackingJob],
    size: int,
    shared: bool,
) -> Iterator[list[SentPhoto]]:
    """Photos in blocks; unless they are shared, their files are read, some ahead."""

    def name(key: str) -> SentPhoto:
        wanted = frozenset(number for number, job in enumerate(jobs) if key in job.todo)
        copies = photos[key]
        read = _place(copies) if shared else _read_first(copies)
        return SentPhoto(key, tuple(copies), read, wanted)

    ready = map(name, todo) if shared else map_in_order(name, todo)
    while block := list(islice(ready, size)):
        yield block


def _place(copies: Sequence[Photo]) -> dict[Photo, Read]:
    """Where a photo's files are for a process in another folder."""
    return {
        one: one.absolute()
        if isinstance(one, Path)
        else replace(one, cache=None if one.cache is None else one.cache.absolute())
        for one in copies
    }


def _read_first(copies: Sequence[Photo]) -> dict[Photo, Read]:
    """The first of a photo's files that can be read; before it, why the others cannot."""
    found: dict[Photo, Read] = {}
    for path in copies:
        try:
            found[path] = read_file(path)
            break
        except UnreachableError:
            raise
        except InputError as error:
            found[path] = error
    return found

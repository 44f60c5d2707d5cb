"""A pool of Ray's actors, which blocks of photos are handed to."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any

from backbones.cluster.failures import named_failures
from backbones.cluster.session import Cluster
from backbones.cluster.worker import Extractor, Found, Plan, SentPhoto
from backbones.errors import InputError

_LOG = logging.getLogger("ensemble")

#: Blocks that an actor has: one that it computes, and one that waits for it.
_IN_FLIGHT = 2

#: How often a block is tried again whose actor died: a photo may be what kills it.
_RETRIES = 3


def extract_blocks(
    cluster: Cluster, plan: Plan, blocks: Iterator[list[SentPhoto]], count: int
) -> Generator[Found, None, None]:
    """Hand `count` blocks to actors, as each is free for one; results come in no order.

    Actors that die are started again by Ray, and so are their blocks.

    Raises
    ------
    InputError
        No node has cores enough, or a block's actor died each time; or as ``Extractor``.
    """
    ray = cluster.ray
    sent = [ray.put(plan)]
    actors = _start_actors(cluster, count)
    pending = {one.prepare.remote(sent): (one, "opening the networks") for one in actors}
    try:
        while count:  # actors that find no room until then are not needed
            (ref, *_), _ = ray.wait(list(pending), num_returns=1)
            actor, work = pending.pop(ref)
            with named_failures(work):
                found = ray.get(ref)
            # A new actor gets all its blocks at once, one that has done a block the next one.
            room = 1 if isinstance(found, Found) else _IN_FLIGHT
            for block in islice(blocks, room):
                work = f"extracting {block[0].copies[0]} and the photos after it"
                pending[actor.extract.remote(sent, block)] = actor, work
            if isinstance(found, Found):
                count -= 1
                yield found
    finally:
        for ref in pending:  # or Ray would say that it tries what is killed again
            ray.cancel(ref)
        for actor in actors:
            ray.kill(actor)


def _start_actors(cluster: Cluster, blocks: int) -> list[Any]:
    machines, cores = cluster.machines, cluster.cores
    room = machines.cores // cores
    count = cluster.actors or max(1, room)
    if cores > machines.most or count > room:
        _tell_room(cluster, count)
    actor = cluster.ray.remote(_Actor)
    options = {"num_cpus": cores, "max_restarts": -1, "max_task_retries": _RETRIES}
    return [actor.options(**options).remote() for _ in range(min(count, blocks))]


def _tell_room(cluster: Cluster, count: int) -> None:
    """A cluster may grow, or have more room later; this machine may not."""
    machines, cores = cluster.machines, cluster.cores
    if cluster.is_started and cores > machines.most:
        raise InputError(
            f"parallel.cores: {cores}, and this machine has {machines.most} for Ray; set fewer"
        )
    _LOG.warning(
        "parallel: %d actors of %d cores each; Ray has %d cores, %d on one node: those without "
        "room wait for it",
        count,
        cores,
        machines.cores,
        machines.most,
    )


class _Actor:
    """An ``Extractor``, made where it is needed: for the first block, and after the actor died.

    The plan comes in a list, so that it is fetched only then.
    """

    def __init__(self) -> None:
        self._extractor: Extractor | None = None

    def prepare(self, plan: Sequence[Any]) -> None:
        """Open the networks."""
        self._open(plan).open()

    def extract(self, plan: Sequence[Any], photos: Sequence[SentPhoto]) -> Found:
        """See ``Extractor.extract``."""
        return self._open(plan).extract(photos)

    def _open(self, plan: Sequence[Any]) -> Extractor:
        if self._extractor is None:
            import ray

            node = ray.get_runtime_context().get_node_id()
            self._extractor = Extractor(ray.get(plan[0]), node)
        return self._extractor

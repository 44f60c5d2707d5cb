"""Photos x backbones -> features in the store: what is missing, and nothing else."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
from PIL.Image import Image

from backbones import images
from backbones.backbone import Backbone, joint_network
from backbones.engines import Choice, Engine, Features, Photos, open_engine
from backbones.errors import InputError, first_ten
from backbones.store import FeatureStore

#: Photos that are committed at once: what a kill can cost.
COMMIT = 32

#: Photos that are decoded ahead of the networks.
AHEAD = 64

#: Called with the number of photos done since the last call.
Advance = Callable[[int], None]

In = TypeVar("In")
Out = TypeVar("Out")


def open_store(backbone: Backbone, cache: Path) -> FeatureStore:
    """Where the features of a backbone lie in the cache folder."""
    folder = cache / "features" / backbone.fingerprint[:32]
    return FeatureStore(folder, backbone.length, backbone.dtype)


def digests(paths: Sequence[Path]) -> list[str]:
    """SHA-256 (hex) of each file, read in parallel.

    Raises
    ------
    InputError
        Files that cannot be read, all of them.
    """
    found = list(_in_parallel(_digest, paths))
    failed = [str(one) for one in found if isinstance(one, OSError)]
    if failed:
        raise InputError("photos that cannot be read:", first_ten(failed))
    return [str(one) for one in found]


def missing(backbone: Backbone, cache: Path, photos: Sequence[str]) -> list[str]:
    """Digests, of those given, that have no features of this backbone yet."""
    store = open_store(backbone, cache)
    try:
        return store.missing(photos)
    finally:
        store.close()


def extract(
    photos: dict[str, list[Path]],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: Choice,
    advance: Advance,
) -> None:
    """Brings the store up to date: photos (digest -> its files) x backbones.

    Each photo that lacks anything is read and decoded once, for all backbones together. Rows are
    committed as they come, so that after a kill the next run goes on from there.

    Raises
    ------
    InputError
        Photos that cannot be decoded, all of them, after the others are done.
    """
    jobs = _jobs(photos, backbones, cache, engine)
    wanted = [digest for digest in photos if any(digest in job.todo for job in jobs)]

    def load(digest: str) -> list[Photos] | InputError:
        due = [job for job in jobs if digest in job.todo]
        try:
            return _load(photos[digest], digest, due)
        except InputError as error:
            return error

    failed: list[str] = []
    try:
        for digest, loaded in zip(wanted, _in_parallel(load, wanted), strict=True):
            if isinstance(loaded, InputError):
                failed += loaded.mistakes
            else:
                due = (job for job in jobs if digest in job.todo)
                for job, photo in zip(due, loaded, strict=True):
                    job.take(digest, photo)
            advance(1)
        for job in jobs:
            job.finish()
    finally:
        for job in jobs:
            job.commit()
            job.close()
    if failed:
        raise InputError("photos that cannot be used:", first_ten(failed))


def _jobs(
    photos: dict[str, list[Path]], backbones: Sequence[Backbone], cache: Path, engine: Choice
) -> list[_Job]:
    """One for each forward pass that some photos still need."""
    passes: dict[str, list[tuple[Backbone, list[str]]]] = {}
    for one in {backbone.fingerprint: backbone for backbone in backbones}.values():
        lacking = missing(one, cache, list(photos))
        if lacking:
            passes.setdefault(one.forward_pass, []).append((one, lacking))
    return [
        _Job.open(
            [one for one, _ in some], {photo for _, lack in some for photo in lack}, cache, engine
        )
        for some in passes.values()
    ]


@dataclass
class _Job:
    """One forward pass, and the backbones that read it out, on its way through the photos."""

    size: tuple[int, int]
    resize: images.Resize
    stores: list[FeatureStore]
    todo: set[str]
    engine: Engine
    waiting: dict[str, Photos] = field(default_factory=dict)
    done: SimpleQueue[tuple[list[str], Features]] = field(default_factory=SimpleQueue)

    @classmethod
    def open(cls, backbones: list[Backbone], todo: set[str], cache: Path, choice: Choice) -> _Job:
        prints = "".join(one.fingerprint for one in backbones)
        kept = cache / "networks" / f"{hashlib.sha256(prints.encode()).hexdigest()[:32]}.xml"
        engine = open_engine(choice, lambda: joint_network(backbones), kept)
        stores = [open_store(one, cache) for one in backbones]
        return cls(backbones[0].size, backbones[0].spec.resize, stores, todo, engine)

    def take(self, digest: str, photo: Photos) -> None:
        self.waiting[digest] = photo
        if len(self.waiting) == self.engine.batch:
            self._start()
        if self.done.qsize() * self.engine.batch >= COMMIT:
            self.commit()

    def finish(self) -> None:
        self._start()
        self.engine.wait()
        self.commit()

    def _start(self) -> None:
        if self.waiting:
            digests, photos = list(self.waiting), np.stack(list(self.waiting.values()))
            self.waiting.clear()
            self.engine.start(photos, lambda features: self.done.put((digests, features)))

    def commit(self) -> None:
        """Writes what is done, in this thread: the store is not to grow under another."""
        ends = list(accumulate(store.length for store in self.stores))
        while not self.done.empty():
            digests, features = self.done.get()
            parts = np.split(features, ends[:-1], axis=1)
            for store, part in zip(self.stores, parts, strict=True):
                store.write(digests, part)

    def close(self) -> None:
        for store in self.stores:
            store.close()


def _load(copies: Sequence[Path], digest: str, due: Sequence[_Job]) -> list[Photos]:
    """The photo as each of the jobs takes it; all copies of a bad one are named."""
    try:
        photo = _decode(copies[0], digest)
    except InputError:
        mistakes = [mistake for path in copies if (mistake := _mistake(path, digest))]
        raise InputError("a photo that cannot be used:", mistakes) from None
    sizes = {(job.size, job.resize) for job in due}
    resized = {one: images.resize(photo, *one) for one in sizes}
    return [resized[job.size, job.resize] for job in due]


def _decode(path: Path, digest: str) -> Image:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(error)) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise InputError(f"{path}: it changed since this run began; run again")
    return images.decode(data, str(path))


def _mistake(path: Path, digest: str) -> str:
    try:
        _decode(path, digest)
    except InputError as error:
        return str(error)
    return ""


def _digest(path: Path) -> str | OSError:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return error


def _in_parallel(work: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """`map` on all cores, in order, never more than `AHEAD` ahead: memory stays flat."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ahead: deque[Future[Out]] = deque()
        try:
            for item in items:
                ahead.append(pool.submit(work, item))
                if len(ahead) >= AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

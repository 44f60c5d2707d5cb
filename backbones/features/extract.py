"""Photos x backbones -> features in the store: what is missing, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from itertools import chain, islice
from pathlib import Path

from backbones.engines import EngineChoice, Photos
from backbones.errors import InputError, first_ten
from backbones.features.job import Job, open_store
from backbones.networks.backbone import Backbone
from backbones.parallel import map_in_order
from backbones.photos import images
from backbones.photos.images import View

#: Photos that one network sees before the next one does, and then commits: what a kill can cost.
#: Three networks in turn for each photo would need a tenth more time, as each finds the processor's
#: caches full of the others.
BLOCK = 32

#: Called with the number of photos done since the last call.
Advance = Callable[[int], None]


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
    engine: EngineChoice,
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

    def load(digest: str) -> dict[View, Photos] | InputError:
        try:
            return _load(photos[digest], digest, {job.view for job in jobs if digest in job.todo})
        except InputError as error:
            return error

    failed: list[str] = []
    try:
        loaded = zip(wanted, map_in_order(load, wanted), strict=True)
        while block := list(islice(loaded, BLOCK)):
            bad = [found.mistakes for _, found in block if isinstance(found, InputError)]
            failed += chain.from_iterable(bad)
            sound = {one: found for one, found in block if not isinstance(found, InputError)}
            for job in jobs:
                job.take({one: found[job.view] for one, found in sound.items() if one in job.todo})
            advance(len(block))
        for job in jobs:
            job.finish()
    finally:
        for job in jobs:
            job.commit()
            job.close()
    if failed:
        raise InputError("photos that cannot be used:", first_ten(failed))


def _jobs(
    photos: dict[str, list[Path]], backbones: Sequence[Backbone], cache: Path, engine: EngineChoice
) -> list[Job]:
    """One for each forward pass that some photos still need."""
    passes: dict[str, list[tuple[Backbone, list[str]]]] = {}
    for one in {backbone.fingerprint: backbone for backbone in backbones}.values():
        lacking = missing(one, cache, list(photos))
        if lacking:
            passes.setdefault(one.forward_pass, []).append((one, lacking))
    return [
        Job.open(
            [one for one, _ in some], {photo for _, lack in some for photo in lack}, cache, engine
        )
        for some in passes.values()
    ]


def _load(copies: Sequence[Path], digest: str, wanted: Collection[View]) -> dict[View, Photos]:
    """The photo in each view; all copies of a bad one are named."""
    try:
        return _views(copies[0], digest, wanted)
    except InputError:
        mistakes = [mistake for path in copies if (mistake := _mistake(path, digest, wanted))]
        raise InputError("a photo that cannot be used:", mistakes) from None


def _views(path: Path, digest: str, wanted: Collection[View]) -> dict[View, Photos]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(error)) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise InputError(f"{path}: it changed since this run began; run again")
    return images.views(data, str(path), wanted)


def _mistake(path: Path, digest: str, wanted: Collection[View]) -> str:
    try:
        _views(path, digest, wanted)
    except InputError as error:
        return str(error)
    return ""

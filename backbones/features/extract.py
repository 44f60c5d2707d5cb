"""From photos to features: what is missing, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

from backbones.engines import EngineChoice, Photos
from backbones.errors import InputError, UnreachableError, first_ten
from backbones.features.cuts import WHOLE, Cuts, Load, Mistakes, by_photo, noun
from backbones.features.forward_pass import Job, open_passes
from backbones.features.measures import Measure, MeasureJob
from backbones.features.store import FeatureStore, open_store
from backbones.files import read_file
from backbones.networks.backbone import Backbone
from backbones.parallel import map_in_order
from backbones.photos import images
from backbones.photos.framing import Wanted
from backbones.progress import Advance, Progress
from backbones.remote.photo import Photo

#: Photos that one network sees before the next one does, and then commits: what a kill can cost.
#: Three networks in turn for each photo would need a tenth more time, as each finds the processor's
#: caches full of the others.
BLOCK = 32

#: Reads a photo's file; raises an ``InputError`` where it cannot.
Read = Callable[[Photo], bytes]


class Extract(Protocol):
    """Brings the store up to date: by threads of this process, ``extract``, or otherwise.

    Whoever does it, the store holds the same afterwards, and the errors are the same.
    """

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
        """See ``extract``."""


class ChangedPhotoError(InputError):
    """Raised for a photo that is another one than at the start: its row would be of two photos."""


def missing(
    backbone: Backbone,
    cache: Path,
    engine: EngineChoice,
    photos: Collection[str],
    cuts: Cuts = WHOLE,
) -> list[str]:
    """Return the digests, of those given, that lack features of this backbone.

    `cuts` are of these photos. Damaged rows are discarded, and count as missing; damaged maps do
    where they are opened.
    """
    store = open_store(backbone, cache, engine)
    try:
        lacking = store.missing(cuts.keys(backbone, photos), not backbone.spec.keeps_maps)
    finally:
        store.close()
    return cuts.photos(lacking, photos)


def extract(
    photos: Mapping[str, Sequence[Photo]],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: EngineChoice,
    progress: Progress,
    measures: Sequence[Measure] = (),
    rejected: Mistakes | None = None,
) -> None:
    """Bring the store up to date: photos (digest -> its files) x backbones.

    What the `measures` take of each photo is written, too. Each network is a stage of `progress`.
    Each photo that lacks anything is read and decoded once, for all backbones together, and once
    more for each band of a view in tiles; one that cannot be decoded is put into `rejected`, where
    it is given. Rows are committed as they come: after a kill the next run goes on from there.

    Raises
    ------
    InputError
        Photos that cannot be decoded, all of them, after the others are done; or photos behind URLs
        that cannot be had now, at once.
    """
    unique = {one.fingerprint: one for one in backbones}
    stores = {key: open_store(one, cache, engine) for key, one in unique.items()}
    measured = {measure: measure.open(cache) for measure in measures}
    cuts = Cuts.of_files(backbones, photos, cache)
    told: Mistakes | None = None if rejected is None else {}
    try:
        jobs: list[Job | MeasureJob] = [
            *_jobs(cuts, list(photos), backbones, stores, cache, engine, progress)
        ]
        for measure, store in measured.items():
            jobs.append(MeasureJob(measure, store, set(store.missing(list(photos)))))
        files = {photo: load_file(photos[photo], photo) for photo in photos}
        todo = cuts.loads(files, {key for job in jobs for key in job.todo})
        try:
            with _stages(jobs, progress) as advances:
                for block in run_blocks(todo, jobs, BLOCK, lambda _: None, told):
                    for advance, job in advances:
                        advance(sum(key in job.todo for key in block))
                for job in jobs:
                    job.finish()
        except UnreachableError:
            for job in jobs:  # what is on its way took a download
                job.finish()
            raise
        finally:
            for job in jobs:
                job.commit()
    finally:
        for opened in (*stores.values(), *measured.values()):
            opened.close()
    if rejected is not None and told:
        rejected.update(by_photo(told, cuts.owners(photos)))


def run_blocks(
    photos: Mapping[str, Load],
    jobs: Sequence[Job | MeasureJob],
    size: int,
    advance: Advance,
    rejected: Mistakes | None = None,
    threads: int | None = None,
) -> Iterator[list[str]]:
    """Decode photos (key -> how to load it) and hand them to the jobs, `size` at a time.

    They are decoded in so many `threads`, by default on all cores. Yields the keys of each block,
    without those that cannot be decoded, once its photos are on their way; later ones are being
    decoded meanwhile.

    Raises
    ------
    InputError
        Photos that cannot be decoded, after the others; with `rejected` only those that have
        changed. If any has, it is a ``ChangedPhotoError``.
    """

    def load(key: str) -> dict[Wanted, Photos] | InputError:
        try:
            return photos[key]({job.view for job in jobs if key in job.todo})
        except UnreachableError:  # it says nothing of this photo
            raise
        except InputError as error:
            return error

    failed: list[InputError] = []
    loaded = zip(photos, map_in_order(load, photos, threads), strict=True)
    while block := list(islice(loaded, size)):
        errors = {key: result for key, result in block if isinstance(result, InputError)}
        for key, error in errors.items():
            if rejected is None or isinstance(error, ChangedPhotoError):
                failed.append(error)
            else:
                rejected[key] = error.mistakes
        views = {key: result for key, result in block if not isinstance(result, InputError)}
        for job in jobs:
            job.take({key: views[key][job.view] for key in views if key in job.todo})
        yield list(views)
        advance(len(block))
    if failed:
        for job in jobs:
            job.finish()
        # Each tile of a photo says the same.
        told = list(dict.fromkeys(mistake for error in failed for mistake in error.mistakes))
        raise _kind(failed)("photos that cannot be used:", first_ten(told))


def load_file(copies: Sequence[Photo], digest: str, read: Read = read_file) -> Load:
    """How to load a photo, of this digest, from the first of its files that can be read.

    Where it cannot be used, all of its files are named.
    """
    return partial(_load_copies, copies, digest, read)


def _jobs(
    cuts: Cuts,
    photos: Sequence[str],
    backbones: Sequence[Backbone],
    stores: Mapping[str, FeatureStore],
    cache: Path,
    engine: EngineChoice,
    progress: Progress,
) -> list[Job]:
    """One for each forward pass that some photos still need."""
    lacking = {
        one.fingerprint: stores[one.fingerprint].missing(
            cuts.keys(one, photos), not one.spec.keeps_maps
        )
        for one in backbones
    }
    due = [one for one in backbones if lacking[one.fingerprint]]
    return [
        Job(
            forward_pass,
            [stores[one.fingerprint] for one in forward_pass.backbones],
            {key for one in forward_pass.backbones for key in lacking[one.fingerprint]},
        )
        for forward_pass in open_passes(due, cache, engine, progress)
    ]


@contextmanager
def _stages(
    jobs: Sequence[Job | MeasureJob], progress: Progress
) -> Iterator[list[tuple[Advance, Job | MeasureJob]]]:
    """A stage for each network; for a measure of photos only where there is no other."""
    networks = [job for job in jobs if isinstance(job, Job)]
    shown = networks or [job for job in jobs if job.todo][:1]
    with ExitStack() as opened:
        yield [
            (opened.enter_context(progress.stage(job.name, len(job.todo), noun(job.view))), job)
            for job in shown
        ]


def _load_copies(
    copies: Sequence[Photo], digest: str, read: Read, wanted: Collection[Wanted]
) -> dict[Wanted, Photos]:
    failed: list[InputError] = []
    for path in copies:
        try:
            found = _views(path, digest, read, wanted)
        except UnreachableError:
            raise
        except InputError as error:
            failed.append(error)
        else:
            if _kind(failed) is InputError:
                return found
    raise _kind(failed)("a photo that cannot be used:", list(map(str, failed)))


def _kind(failed: Sequence[InputError]) -> type[InputError]:
    changed = any(isinstance(error, ChangedPhotoError) for error in failed)
    return ChangedPhotoError if changed else InputError


def _views(
    path: Photo, digest: str, read: Read, wanted: Collection[Wanted]
) -> dict[Wanted, Photos]:
    data = read(path)
    if hashlib.sha256(data).hexdigest() != digest:
        raise ChangedPhotoError(f"{path}: it changed since this run began; run again")
    return images.views(data, str(path), wanted)

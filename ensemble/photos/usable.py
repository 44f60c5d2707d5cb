"""The labelled photos that can be used, with those that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from backbones.features.cuts import Mistakes
from backbones.features.extract import Extract, extract
from backbones.features.measures import APPEARANCE, HASH
from backbones.features.quantised import quantise_networks
from backbones.photos.digests import files_by_digest, photo_digests
from backbones.photos.sizes import photo_sizes
from backbones.progress import Progress
from backbones.remote.photo import Photo
from ensemble.config.experiment import Experiment
from ensemble.photos.dataset import Dataset
from ensemble.photos.features import update_features
from ensemble.photos.rejected import Rejected, mark_lost, refuse_rest, reject


@dataclass(frozen=True)
class Usable:
    """Photos to learn from."""

    photos: Dataset
    digests: Sequence[str]  #: SHA-256 (hex) of each photo
    rejected: tuple[Rejected, ...] = ()  #: by name
    at_hand: tuple[str, ...] = ()  #: backbones whose features did not have to be extracted

    def without(self, bad: Mapping[int, Rejected], folds: int) -> Usable:
        """Leave out photos, by their position; of an item the others stay, if there are any.

        Raises
        ------
        InputError
            Fewer photos, or items, are left than `folds`: what is wrong with the others is listed.
        """
        if not bad:
            return self
        every = range(len(self.digests))
        kept = np.array([row for row in every if row not in bad], dtype=np.intp)
        left, of = self.photos.with_photos(kept), len(self.photos)
        rejected = sorted((*self.rejected, *bad.values()), key=lambda one: one.name)
        why = f"folds.n: {folds} folds need as many"
        refuse_rest(rejected, len(left), folds, why, None if left.items is None else (of, "item"))
        digests = [self.digests[row] for row in kept]
        return Usable(left, digests, mark_lost(rejected, left.names.tolist()), self.at_hand)

    def without_mistakes(self, mistakes: Mistakes, folds: int) -> Usable:
        """Leave out the photos whose digests have mistakes. Errors as ``without``."""
        bad = {
            row: _reject(self.photos, row, mistakes[digest])
            for row, digest in enumerate(self.digests)
            if digest in mistakes
        }
        return self.without(bad, folds)

    def without_unsized(self, folds: int, cache: Path) -> Usable:
        """Leave out the photos whose size cannot be read. Errors as ``without``."""
        unsized: dict[Photo, list[str]] = {}
        photo_sizes(self.photos.paths, cache, unsized)
        bad = {
            row: _reject(self.photos, row, unsized[path])
            for row, path in enumerate(self.photos.paths)
            if path in unsized
        }
        return self.without(bad, folds)


def read_digests(
    photos: Dataset, cache: Path, skip: bool, folds: int, progress: Progress | None = None
) -> Usable:
    """The photos with their digests; those that cannot be read are left out, if `skip`.

    `progress` shows downloads.

    Raises
    ------
    InputError
        Photos cannot be read; with `skip`, fewer are left than `folds`.
    """
    unreadable: dict[Photo, str] = {}
    digests = photo_digests(photos.paths, cache, unreadable if skip else None, progress)
    bad = {
        row: _reject(photos, row, [unreadable[path]])
        for row, path in enumerate(photos.paths)
        if path in unreadable
    }
    return Usable(photos, digests).without(bad, folds)


def extract_features(
    experiment: Experiment,
    usable: Usable,
    progress: Progress,
    beside: Mapping[str, Sequence[Photo]] = MappingProxyType({}),
    by: Extract = extract,
) -> Usable:
    """Bring the features up to date; photos without any are left out where the config says so.

    `beside` and `by` are as for ``update_features``.

    Raises
    ------
    InputError
        Photos cannot be used, or have changed; or fewer than folds are left.
    """
    config, folds = experiment.config, experiment.config.folds.least
    measures = (APPEARANCE,) if config.folds.near_copies == "ignored" else (APPEARANCE, HASH)
    mistakes: Mistakes | None = {} if config.data.skips_bad_photos else None
    at_hand = update_features(
        usable.photos.paths,
        usable.digests,
        experiment.backbones,
        config.cache,
        config.engine,
        progress,
        beside,
        measures=measures,
        rejected=mistakes,
        by=by,
    )
    usable = replace(usable, at_hand=tuple(at_hand))
    if mistakes is None:
        return usable
    usable = usable.without_mistakes(mistakes, folds)
    return usable.without_unsized(folds, config.cache) if experiment.takes_maps else usable


def _reject(photos: Dataset, row: int, mistakes: Sequence[str]) -> Rejected:
    """The photo at a position, with the item that it is of."""
    item = "" if photos.items is None else str(photos.names[photos.items.item[row]])
    return reject(str(photos.photo_names[row]), photos.paths[row], mistakes, item)


def quantise(experiment: Experiment, usable: Usable, progress: Progress) -> Experiment:
    """The experiment with networks in whole numbers where it asks for them."""
    if not experiment.quantised:
        return experiment
    config, photos = experiment.config, files_by_digest(usable.digests, usable.photos.paths)
    found = quantise_networks(experiment.backbones, photos, config.cache, config.engine, progress)
    return replace(experiment, backbones=found)

"""Features of the photos to learn from: brought up to date in the store, then read."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from backbones.engines import EngineChoice
from backbones.features import extract
from backbones.features.cuts import WHOLE, Cuts, Mistakes
from backbones.features.key import features_key
from backbones.features.maps import Maps, Source
from backbones.features.measures import Measure
from backbones.features.store import Store, TransientStore, open_store
from backbones.key import key_together
from backbones.networks.backbone import Backbone, largest
from backbones.photos.digests import files_by_digest, forget_digests
from backbones.plural import count, part
from backbones.progress import Progress, Silent
from backbones.remote.photo import Photo

_LOG = logging.getLogger("ensemble")


def update_features(
    paths: Sequence[Photo],
    digests: Sequence[str],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: EngineChoice,
    progress: Progress,
    beside: Mapping[str, Sequence[Photo]] = MappingProxyType({}),
    measures: Sequence[Measure] = (),
    rejected: Mistakes | None = None,
    by: extract.Extract = extract.extract,
) -> list[str]:
    """Extract, `by` some means, what the store lacks of photos and of their `measures`.

    Returns the names of the backbones whose features were all at hand.

    `digests` are in the order of `paths`. Photos `beside` them (digest -> files) are extracted,
    too, and not told of. What is wrong with photos that cannot be used is put into `rejected`, by
    their digests, where it is given.

    Raises
    ------
    InputError
        Photos that cannot be used, all of them.
    """
    photos = files_by_digest(digests, paths)
    cuts = Cuts.of_files(backbones, {**beside, **photos}, cache)
    due: set[str] = set()
    at_hand = []
    for backbone in backbones:
        missing = extract.missing(backbone, cache, engine, photos, cuts)
        due.update(missing, extract.missing(backbone, cache, engine, beside, cuts))
        if missing:
            _LOG.info(_state(backbone, len(missing), len(photos)))
        else:
            at_hand.append(backbone.name)
    for measure in measures:
        due.update(measure.missing(cache, list(photos)))
    if due:
        todo = {digest: files for digest, files in {**photos, **beside}.items() if digest in due}
        _extract(todo, backbones, cache, engine, progress, measures, rejected, by)
    return at_hand


@dataclass(frozen=True)
class StoredFeatures:
    """The features of photos by some backbones, once ``update_features`` has seen to them."""

    backbones: Sequence[Backbone]
    cache: Path
    engine: EngineChoice
    paths: Sequence[Photo]
    digests: Sequence[str]  #: in the order of `paths`

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides them."""
        return key_together([features_key(one, self.engine) for one in self.backbones])

    @contextmanager
    def open(self) -> Iterator[npt.NDArray[np.float32] | Maps]:
        """A matrix (n, d), the backbones side by side, or maps that are read later.

        Whole maps are checked here, as a training reads all of them many times; damaged ones are
        extracted again.

        Raises
        ------
        InputError
            Photos that are needed for that and cannot be used.
        """
        files = files_by_digest(self.digests, self.paths)
        cuts = Cuts.of_files(self.backbones, files, self.cache)
        with ExitStack() as opened:
            stores: dict[str, Store] = {}
            for one in self.backbones:
                stores[one.fingerprint] = store = open_store(one, self.cache, self.engine)
                opened.callback(store.close)
                damaged = cuts.photos(store.missing(cuts.keys(one, self.digests)), files)
                if damaged:
                    photos = {digest: files[digest] for digest in damaged}
                    _extract(photos, [one], self.cache, self.engine, Silent())
            yield features_in(stores, self.backbones, self.digests, cuts)


def _extract(
    photos: Mapping[str, Sequence[Photo]],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: EngineChoice,
    progress: Progress,
    measures: Sequence[Measure] = (),
    rejected: Mistakes | None = None,
    by: extract.Extract = extract.extract,
) -> None:
    try:
        by(photos, backbones, cache, engine, progress, measures, rejected)
    except extract.ChangedPhotoError:  # behind its date, perhaps
        forget_digests(cache)
        raise


@contextmanager
def open_stores(
    backbones: Sequence[Backbone], cache: Path, engine: EngineChoice, keep_maps: bool
) -> Iterator[dict[str, Store]]:
    """The store of each backbone, by its fingerprint; whole maps stay in memory, unless kept."""
    stores: dict[str, Store] = {}
    try:
        for one in backbones:
            store = open_store(one, cache, engine)
            stores[one.fingerprint] = store
            if one.spec.keeps_maps and not keep_maps:
                stores[one.fingerprint] = TransientStore(one.length, one.dtype, behind=store)
        yield stores
    finally:
        for kept in stores.values():
            kept.close()


def features_in(
    stores: Mapping[str, Store],
    backbones: Sequence[Backbone],
    keys: Sequence[str],
    cuts: Cuts = WHOLE,
) -> npt.NDArray[np.float32] | Maps:
    """What a head takes of the photos with these keys: a matrix float32 (n, d), or their maps.

    `stores` are by the backbones' fingerprints; all backbones keep maps, or none does. `cuts` say
    of photos whether they are seen in tiles.
    """
    if backbones[0].spec.keeps_maps:
        sources = tuple(Source(stores[one.fingerprint], one.shapes) for one in backbones)
        first = largest(backbones)
        return Maps(sources, keys, first.size, cuts.layouts_of(first, keys))
    rows = [stores[one.fingerprint].read(keys) for one in backbones]
    return rows[0] if len(rows) == 1 else np.hstack(rows)


def _state(backbone: Backbone, missing: int, photos: int) -> str:
    height, width = backbone.size
    what = f"{height} x {width}, {count(backbone.length, 'feature')}"
    what += "" if backbone.spec.tile is None else " a tile"
    return f"  {backbone.name}: {what}, {part(missing, photos, 'photo')} to extract"

"""Perceptual hashes of photos, taken while the photos are decoded for the networks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones.engines import Photos
from backbones.features.store import FeatureStore
from backbones.key import key
from backbones.photos import likeness
from backbones.photos.decoders import decoder_versions


def open_hashes(cache: Path) -> FeatureStore:
    """Open the hashes by the content of the photo, kept in the cache folder."""
    folder = cache / "hashes" / key([likeness.METHOD, decoder_versions()])[:32]
    return FeatureStore(folder, likeness.LENGTH, "uint8")


def missing_hashes(cache: Path, photos: Sequence[str]) -> list[str]:
    """Return the digests, of those given, that have no hash yet."""
    with closing(open_hashes(cache)) as store:
        return store.missing(photos)


def read_hashes(cache: Path, photos: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return the packed hashes uint8 (n, 32) of photos by their digests.

    Raises
    ------
    InputError
        Those of a photo were removed, or damaged, while in use.
    """
    with closing(open_hashes(cache)) as store:
        return np.asarray(store.read(photos), dtype=np.uint8)


class HashJob:
    """Writes the hashes of photos to a store; taken along by ``run_blocks`` as any other job."""

    def __init__(self, store: FeatureStore, todo: Collection[str]) -> None:
        self.view = likeness.VIEW
        self.name = "looks of photos"
        self.todo = todo
        self._store = store

    def take(self, photos: Mapping[str, Photos]) -> None:
        """Hash photos, by their keys, and write the hashes."""
        if photos:
            hashes = [likeness.perceptual_hash(photo) for photo in photos.values()]
            self._store.write(list(photos), np.stack(hashes))

    def finish(self) -> None:
        """Nothing is on its way."""

    def commit(self) -> None:
        """Everything is written."""

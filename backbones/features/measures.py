"""What is measured of photos beside features, while they are decoded for the networks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.engines import Photos
from backbones.features.store import FeatureStore, Store
from backbones.key import key
from backbones.photos import appearance, likeness
from backbones.photos.decoders import decoder_versions
from backbones.photos.framing import View


@dataclass(frozen=True)
class Measure:
    """A row of numbers from the pixels of a photo."""

    room: str  #: the folder in the cache
    view: View
    method: str  #: changes with whatever decides the numbers
    length: int
    dtype: str
    take: Callable[[npt.NDArray[np.uint8]], npt.NDArray[Any]]  #: view -> (length,)

    def open(self, cache: Path) -> FeatureStore:
        """Open what was measured, by the content of the photo, in the cache folder."""
        folder = cache / self.room / key([self.method, decoder_versions()])[:32]
        return FeatureStore(folder, self.length, self.dtype)

    def missing(self, cache: Path, photos: Sequence[str]) -> list[str]:
        """Return the digests, of those given, of photos that were not measured yet."""
        with closing(self.open(cache)) as store:
            return store.missing(photos)

    def read(self, cache: Path, photos: Sequence[str]) -> npt.NDArray[Any]:
        """Return what was measured, (n, length) of its dtype, of photos by their digests.

        Raises
        ------
        InputError
            Rows of a photo were removed, or damaged, while in use.
        """
        with closing(self.open(cache)) as store:
            return np.asarray(store.read(photos), dtype=self.dtype)


#: Packed perceptual hashes, by which near copies are found.
HASH = Measure(
    "hashes",
    likeness.VIEW,
    likeness.METHOD,
    likeness.LENGTH,
    "uint8",
    likeness.perceptual_hash,
)

#: Brightness and sharpness.
APPEARANCE = Measure(
    "appearance",
    appearance.VIEW,
    appearance.METHOD,
    len(appearance.NAMES),
    "float32",
    appearance.measure_appearance,
)


class MeasureJob:
    """Writes a measure of photos to a store; taken along by ``run_blocks`` as any other job."""

    def __init__(self, measure: Measure, store: Store, todo: Collection[str]) -> None:
        self.view = measure.view
        self.name = "looks of photos"
        self.todo = todo
        self._take = measure.take
        self._store = store

    def take(self, photos: Mapping[str, Photos]) -> None:
        """Measure photos, by their keys, and write the rows."""
        if photos:
            rows = [self._take(photo) for photo in photos.values()]
            self._store.write(list(photos), np.stack(rows))

    def finish(self) -> None:
        """Nothing is on its way."""

    def commit(self) -> None:
        """Everything is written."""

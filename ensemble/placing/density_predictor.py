"""A fitted ensemble that, while it predicts photos, keeps the densities that a member sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from math import prod

import numpy as np
import numpy.typing as npt

from backbones.features.cuts import Cuts
from backbones.features.store import FeatureStore, Store
from backbones.photos.sizes import Size
from backbones.photos.tiles import Tiling
from backbones.remote.photo import Photo
from ensemble.densities.frame import Frame
from ensemble.photos.features import features_in
from ensemble.photos.subjects import Subject, gathered
from ensemble.prediction import Predictor
from ensemble.scoring.tiles import Tiles

Numbers = npt.NDArray[np.float64]
Density = npt.NDArray[np.float32]


class DensityPredictor(Predictor):
    """Predicts files as another predictor does, with the same numbers, and shares what is loaded.

    The densities lie in the cache, 2 to 4 kB a photo, or a tile, so that a second time, or after a
    kill, only the rest is computed. Those of tiles do so in any case.

    Parameters
    ----------
    base : Predictor
    member : str
        The name of the one whose densities are kept.
    """

    def __init__(self, base: Predictor, member: str) -> None:
        super().__init__(base.fitted, base.engine, base.cache)
        self.loaded = base.loaded
        self.member = next(one for one in base.fitted.members if one.name == member)

    def frame(self, photo: Size) -> Frame:
        """Where the cells lie of a density of a photo of this height and width."""
        size, framing = self.member.view
        if isinstance(framing, Tiling):
            size = framing.layout(photo, size).canvas
        rows, columns = self._density_head.grid(size)
        return Frame.of(photo, self.member.view, (int(rows), int(columns)))

    @contextmanager
    def open_densities(
        self, photos: Mapping[str, Sequence[Photo]]
    ) -> Iterator[Callable[[Sequence[Subject]], Iterable[Density]]]:
        """What gives the density (rows, columns) of each of some photos (digest -> its files)."""
        if self.member.sees_tiles:
            cuts = Cuts.of_files(self.fitted.backbones, photos, self.cache)
            with self.kept.tiles(self.loaded, cuts) as tiles:
                yield lambda some: tiles.densities(self.member, gathered(some)[0])
        else:
            with self._open_whole() as store:
                yield lambda some: store.read([one.key for one in some]).reshape(-1, *self._grid)

    @property
    def _grid(self) -> tuple[int, int]:
        rows, columns = self._density_head.grid(self.member.view[0])
        return int(rows), int(columns)

    def _open_whole(self) -> AbstractContextManager[FeatureStore]:
        """The densities of whole photos, float32 (rows * columns,), by the keys of ``Subject``."""
        about = ["densities", self.member.name]
        return self.kept.open(about, self.member.backbones, prod(self._grid), "float32")

    @contextmanager
    def _kept_predictions(self) -> Iterator[Store]:
        with super()._kept_predictions() as predictions:
            if self.member.sees_tiles:
                yield predictions
                return
            with self._open_whole() as densities:
                yield _SideBySide(predictions, densities)

    def _lacking(
        self, subjects: Sequence[Subject], predictions: Store, tiles: Tiles
    ) -> set[Subject]:
        lacking = super()._lacking(subjects, predictions, tiles)
        if not self.member.sees_tiles:
            return lacking
        return lacking | {one for one in subjects if tiles.lacks(self.member, one.photos)}

    def _measure_block(
        self, subjects: Sequence[Subject], stores: Mapping[str, Store], tiles: Tiles
    ) -> Numbers:
        numbers = super()._measure_block(subjects, stores, tiles)
        if self.member.sees_tiles:
            return numbers
        keys, _ = gathered(subjects)
        maps = features_in(stores, self.member.backbones, keys)
        densities = np.concatenate(list(self._density_head.densities(maps)))
        return np.column_stack([numbers, densities.reshape(len(keys), -1)])

    @property
    def _density_head(self):  # type: ignore[no-untyped-def]
        return self.loaded.head(self.member.name)


class _SideBySide:
    """Rows of two stores as one; what is read is of the first alone."""

    def __init__(self, first: Store, second: Store) -> None:
        self.length = first.length + second.length
        self._first, self._second = first, second

    def missing(self, keys: Sequence[str], checked: bool = True) -> list[str]:
        absent = {*self._first.missing(keys, checked), *self._second.missing(keys, checked)}
        return [key for key in keys if key in absent]

    def write(self, keys: Sequence[str], rows: npt.NDArray[np.floating]) -> None:
        """What the first one has already stays: in another block its last bits could differ."""
        new = set(self._first.missing(keys))
        due = [row for row, key in enumerate(keys) if key in new]
        self._first.write([keys[row] for row in due], rows[due, : self._first.length])
        self._second.write(keys, rows[:, self._first.length :])

    def read(self, keys: Sequence[str]) -> npt.NDArray[np.floating]:
        return self._first.read(keys)

    def close(self) -> None:
        """Whoever opened the stores closes them."""

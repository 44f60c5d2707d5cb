"""A fitted ensemble that, while it predicts photos, keeps the densities that a member sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import numpy.typing as npt

from backbones.features.store import Store
from ensemble.photos.features import features_in
from ensemble.photos.subjects import Subject, gathered
from ensemble.prediction import Numbers, Predictor


class DensityPredictor(Predictor):
    """Predicts files as another predictor does, with the same numbers, and shares what is loaded.

    The densities lie in the cache, 2 to 4 kB a photo, so that a second time, or after a kill, only
    the rest is computed.

    Parameters
    ----------
    base : Predictor
    member : str
        The name of the one whose densities are kept.
    """

    def __init__(self, base: Predictor, member: str) -> None:
        super().__init__(base.fitted, base.engine, base.cache)
        self._passes, self._heads = base._passes, base._heads
        self.member = next(one for one in base.fitted.members if one.name == member)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of a density."""
        size, _ = self.member.view
        rows, columns = self._density_head.grid(size)
        return int(rows), int(columns)

    def open_densities(self) -> AbstractContextManager[Store]:
        """The densities, float32 (rows * columns,), by the keys of ``Subject``."""
        rows, columns = self.grid
        about = ["densities", self.member.name]
        return self._open_kept(about, self.member.backbones, rows * columns, "float32")

    @contextmanager
    def _kept_predictions(self) -> Iterator[Store]:
        with super()._kept_predictions() as predictions, self.open_densities() as densities:
            yield _SideBySide(predictions, densities)

    def _measure_block(self, subjects: Sequence[Subject], stores: Mapping[str, Store]) -> Numbers:
        numbers = super()._measure_block(subjects, stores)
        keys, _ = gathered(subjects)
        maps = features_in(stores, self.member.backbones, keys)
        densities = np.concatenate(list(self._density_head.densities(maps)))
        return np.column_stack([numbers, densities.reshape(len(keys), -1)])

    @property
    def _density_head(self):  # type: ignore[no-untyped-def]
        return self.head(self.member.name)


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

"""The labelled photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.remote.photo import Photo
from ensemble.heads import Part
from ensemble.photos.items import Items
from ensemble.photos.tabular import Tabular
from ensemble.photos.times import Times

Strings = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Labelled photos, sorted by name; every array has one entry a photo.

    Where there are items, it has one an item, but for `paths`, which always has one a photo.
    """

    names: Strings
    paths: tuple[Photo, ...]
    target: Numbers  #: in its own unit
    group: Strings | None = None
    weight: Numbers | None = None
    fold: Strings | None = None  #: labels of folds, where a column of the table has them
    time: Times | None = None  #: when each was taken, where the folds go by that
    #: name, xmin, ymin, xmax, ymax in pixels of the photo; one row an object, which is a point if
    #: its minima equal its maxima
    objects: pd.DataFrame | None = None
    columns: Tabular | None = None  #: beside the photos, where heads take any
    #: what is labelled of photos that are not labelled as a whole, by name, in pixels of the photo
    parts: Mapping[str, Part] = field(default_factory=dict)
    items: Items | None = None  #: which photos show which, where several photos are of one thing

    def __len__(self) -> int:
        return len(self.names)

    @property
    def photo_names(self) -> Strings:
        """The name of each of the photos behind `paths`."""
        return self.names if self.items is None else self.items.photos

    def of_photo(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What each photo has, of values (n, ...) that this has an entry of."""
        return values if self.items is None else self.items.spread(values)

    @property
    def noun(self) -> str:
        """What an entry is of."""
        return "photo" if self.items is None else "item"

    @property
    def local(self) -> tuple[Path, ...]:
        """The files of this machine."""
        return tuple(path for path in self.paths if isinstance(path, Path))

    @property
    def is_whole(self) -> npt.NDArray[np.bool_]:
        """Whether the target of each photo is that of the whole photo."""
        of_parts = {name for name, part in self.parts.items() if not part.is_whole}
        return np.array([name not in of_parts for name in self.names.tolist()], dtype=bool)

    def take(self, rows: npt.NDArray[np.intp]) -> Dataset:
        """Return the photos, or items, at these positions."""
        names = self.names[rows]
        photos, items = (rows, None) if self.items is None else self.items.take(rows)
        return replace(
            self,
            names=names,
            paths=tuple(self.paths[row] for row in photos),
            items=items,
            target=self.target[rows],
            group=None if self.group is None else self.group[rows],
            weight=None if self.weight is None else self.weight[rows],
            fold=None if self.fold is None else self.fold[rows],
            time=None if self.time is None else self.time.take(rows),
            objects=None
            if self.objects is None
            else self.objects[self.objects["name"].isin(names)],
            columns=None if self.columns is None else self.columns.take(rows),
            parts={name: self.parts[name] for name in names.tolist() if name in self.parts},
        )

    def photo_by_photo(self) -> Dataset:
        """Return its photos without their items, each with what is said of its item."""
        if self.items is None:
            return self
        alone = replace(self, items=None, paths=tuple(self.paths[i] for i in self.items.starts))
        return replace(alone.take(self.items.item), names=self.items.photos, paths=self.paths)

    def with_photos(self, photos: npt.NDArray[np.intp]) -> Dataset:
        """Return what is left with these of its photos, by their positions, increasing."""
        if self.items is None:
            return self.take(photos)
        left, items = self.items.keep(photos)
        paths = tuple(self.paths[photo] for photo in photos)
        return replace(self.take(left), paths=paths, items=items)

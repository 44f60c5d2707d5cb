"""The labelled photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.config.data import Data
from ensemble.config.folds import FoldsSpec
from ensemble.digits import format_given
from ensemble.heads import Part
from ensemble.photos import table
from ensemble.photos.annotations.reading import read_objects
from ensemble.photos.cells import Cells
from ensemble.photos.names import find_named, read_labels
from ensemble.photos.parts.counting import label_parts
from ensemble.photos.parts.reading import read_parts
from ensemble.photos.places import read_places
from ensemble.photos.tabular import Tabular, read_columns
from ensemble.photos.times import Times, read_times

Strings = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Labelled photos, sorted by name; every array has one entry a photo."""

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

    def __len__(self) -> int:
        return len(self.names)

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
        """Return the photos at these positions."""
        names = self.names[rows]
        return replace(
            self,
            names=names,
            paths=tuple(self.paths[row] for row in rows),
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


def read_training(
    data: Data, seed: int, folds: FoldsSpec | None = None, cache: Path | None = None
) -> Dataset:
    """Read the training photos with their tables; at most ``data.limit``, drawn by `seed`.

    `folds` names the column of their folds or times, if there is one. Of photos behind a URL, the
    folder `cache` keeps what is downloaded.

    Raises
    ------
    InputError
        A file has mistakes; those of one kind are reported together, with their lines.
    """
    columns, form, folds = data.columns, data.table_format, folds or FoldsSpec()
    path = data.path(data.train)
    named = (columns.name, columns.target, columns.group, columns.weight, folds.column)
    needed = [column for column in (*named, *columns.features) if column is not None]
    rows = table.read_table(path, list(dict.fromkeys(needed)), form)
    images, with_absent = data.photos_folder(cache), data.skips_bad_photos
    names, paths = find_named(rows, columns.name, path, images, with_absent)
    files = dict(zip(paths, names.tolist(), strict=True))
    parts = read_parts(data, images, files) if data.has_parts else {}
    target, objects = _target(rows, data, path, names, parts), _objects(data, images, files, parts)
    if parts:
        parts, target, objects = label_parts(parts, names.tolist(), target, objects, data)
    dataset = Dataset(
        names=names,
        paths=paths,
        target=target,
        group=_groups(rows, data, path),
        weight=None if columns.weight is None else _weights(rows, data, path),
        fold=_fold(rows, folds, path, data.decimal),
        time=_time(rows, folds, path, data.decimal),
        columns=_columns(rows, data, path),
        objects=objects,
        parts=parts,
    )
    dataset = dataset.take(np.argsort(names))
    if data.limit is None or data.limit >= len(dataset):
        return dataset
    chosen = np.random.default_rng(seed).choice(len(dataset), data.limit, replace=False)
    return dataset.take(np.sort(chosen))


def _target(
    rows: pd.DataFrame, data: Data, path: Path, names: Strings, parts: Mapping[str, Part]
) -> Numbers:
    """The target of each photo; nan where it is left empty, as those of `parts` may be."""
    column = data.columns.target
    blank = (rows[column].str.strip() == "").to_numpy(dtype=bool)
    lacking = blank & np.array([name in parts for name in names.tolist()], dtype=bool)
    if data.has_parts:
        title = (
            f"{path}: {column} must be a number; only photos of data.areas and data.counts may be "
            "without one"
        )
        table.refuse_lines(blank & ~lacking, rows[column], title, quoted=True)
    targets = np.full(len(rows), np.nan)
    targets[~lacking] = table.parse_amounts(rows[~lacking], column, path, data.table_format)
    lowest, highest = data.limits
    between = f"from data.minimum {format_given(lowest)} to data.maximum {format_given(highest)}"
    table.refuse_lines(
        (targets < lowest) | (targets > highest),
        rows[column],
        f"{path}: {column} must lie {between}",
    )
    return targets


def _groups(rows: pd.DataFrame, data: Data, path: Path) -> Strings | None:
    column = data.columns.group
    return None if column is None else read_labels(rows, column, path, data.decimal)


def _fold(rows: pd.DataFrame, folds: FoldsSpec, path: Path, decimal: str) -> Strings | None:
    if folds.column is None or folds.is_timed:
        return None
    return read_labels(rows, folds.column, path, decimal)


def _time(rows: pd.DataFrame, folds: FoldsSpec, path: Path, decimal: str) -> Times | None:
    if folds.column is None or not folds.is_timed:
        return None
    return read_times(rows, folds.column, path, folds.format, decimal)


def _weights(rows: pd.DataFrame, data: Data, path: Path) -> Numbers:
    column = str(data.columns.weight)
    weights = table.parse_amounts(rows, column, path, data.table_format)
    table.refuse_lines(weights < 0, rows[column], f"{path}: {column} must not be negative")
    if not weights.any():
        raise InputError(
            f"{path}: {column} is 0 for every photo; give some a weight above 0, or leave out "
            "data.columns.weight"
        )
    return weights


def _columns(rows: pd.DataFrame, data: Data, path: Path) -> Tabular | None:
    features = data.columns.features
    if not features:
        return None
    return read_columns(Cells(rows[list(features)], path, data.table_format), features)


def _objects(
    data: Data, images: Folder, photos: Mapping[Photo, str], parts: Mapping[str, Part]
) -> pd.DataFrame | None:
    """Read boxes and points of photos (file -> name); see ``read_places``."""
    if data.objects is not None:
        areas = {name for name, part in parts.items() if part.area is not None}
        return read_objects(data, data.objects, images, photos, areas)
    columns = data.columns
    tables = [
        read_places(data, data.path(file), corners, images, photos)
        for file, corners in ((data.boxes, columns.box), (data.points, columns.point * 2))
        if file is not None
    ]
    if len(tables) == 2:
        both = sorted(set(tables[0]["name"]) & set(tables[1]["name"]))
        if both:
            raise InputError(
                f"photos with rows both in {data.boxes} and {data.points}; keep those of one:",
                first_ten(both),
            )
    return pd.concat(tables, ignore_index=True) if tables else None

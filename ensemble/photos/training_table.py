"""The table of the photos to learn from, with the tables beside it, as a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.config.columns import Columns
from ensemble.config.data import Data
from ensemble.config.folds import FoldsSpec
from ensemble.digits import format_given
from ensemble.heads import Part
from ensemble.photos import table
from ensemble.photos.annotations.reading import read_objects
from ensemble.photos.cells import Cells
from ensemble.photos.dataset import Dataset
from ensemble.photos.gathering import ItemLabels, gather, read_item_labels
from ensemble.photos.names import find_named, read_labels
from ensemble.photos.parts.counting import label_parts
from ensemble.photos.parts.reading import read_parts
from ensemble.photos.places import read_places
from ensemble.photos.tabular import Tabular, read_columns
from ensemble.photos.times import Times, read_times

Strings = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]


def read_training(
    data: Data, seed: int, folds: FoldsSpec | None = None, cache: Path | None = None
) -> Dataset:
    """Read the training photos with their tables; at most ``data.limit``, drawn by `seed`.

    Where the table has items, there is an entry an item, by name; `limit` then is of these.

    `folds` names the column of their folds or times, if there is one. Of photos behind a URL, the
    folder `cache` keeps what is downloaded.

    Raises
    ------
    InputError
        A file has mistakes; those of one kind are reported together, with their lines.
    """
    columns, form, folds = data.columns, data.table_format, folds or FoldsSpec()
    path = data.path(data.train)
    named = (columns.name, columns.only_target, columns.group, columns.weight, folds.column)
    beside = (columns.item, columns.view, *columns.features)
    needed = [column for column in (*named, *beside) if column is not None]
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
    if columns.item is None:
        dataset = dataset.take(np.argsort(names))
    else:
        labels = read_item_labels(rows, columns, path, data.decimal)
        dataset = _gather(dataset, labels, columns, folds.column)
    if data.limit is None or data.limit >= len(dataset):
        return dataset
    chosen = np.random.default_rng(seed).choice(len(dataset), data.limit, replace=False)
    return dataset.take(np.sort(chosen))


def _gather(photos: Dataset, labels: ItemLabels, columns: Columns, fold: str | None) -> Dataset:
    """The items of photos that are in the order of their table.

    Photos of one may have been taken at different times, of which the last one is that of the item.
    """
    beside = (
        (columns.target, photos.target),
        (columns.group, photos.group),
        (columns.weight, photos.weight),
        (fold, photos.fold),
    )
    agreeing = {str(column): values for column, values in beside if values is not None}
    agreeing |= {} if photos.columns is None else photos.columns.texts()
    first, rows, items = gather(labels, photos.names, agreeing)
    paths = tuple(photos.paths[row] for row in rows)
    found = replace(photos.take(first), names=labels.item[first], paths=paths, items=items)
    if photos.time is None:
        return found
    moment = np.maximum.reduceat(photos.time.moment[rows], items.starts)
    return replace(found, time=replace(photos.time, moment=moment))


def _target(
    rows: pd.DataFrame, data: Data, path: Path, names: Strings, parts: Mapping[str, Part]
) -> Numbers:
    """The target of each photo; nan where it is left empty, as those of `parts` may be."""
    column = data.columns.only_target
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

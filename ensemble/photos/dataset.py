"""The labelled photos."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.photos.folder import find_photos
from ensemble.config.data import Data
from ensemble.photos import table

Strings = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class Dataset:
    """Labelled photos, sorted by name; every array has one entry a photo."""

    names: Strings
    paths: tuple[Path, ...]
    target: Numbers  #: in its own unit
    group: Strings | None = None
    weight: Numbers | None = None
    #: name, xmin, ymin, xmax, ymax in pixels of the photo; one row an object, which is a point if
    #: its minima equal its maxima
    objects: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.names)

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
            objects=None
            if self.objects is None
            else self.objects[self.objects["name"].isin(names)],
        )


def read_training(data: Data, seed: int) -> Dataset:
    """Read the training photos with their tables; at most ``data.limit``, drawn by `seed`.

    Raises
    ------
    InputError
        A file has mistakes; those of one kind are reported together, with their lines.
    """
    columns = data.columns
    path = data.path(data.train)
    optional = [column for column in (columns.group, columns.weight) if column is not None]
    rows = table.read_table(path, [columns.name, columns.target, *optional])
    names = table.photo_names(rows, columns.name, path)
    dataset = Dataset(
        names=names,
        paths=tuple(find_photos(data.path(data.images), list(names), data.skips_bad_photos)),
        target=_target(rows, data, path),
        group=None if columns.group is None else _groups(rows, columns.group, path),
        weight=None if columns.weight is None else _weights(rows, columns.weight, path),
        objects=_objects(data, names),
    )
    dataset = dataset.take(np.argsort(names))
    if data.limit is None or data.limit >= len(dataset):
        return dataset
    chosen = np.random.default_rng(seed).choice(len(dataset), data.limit, replace=False)
    return dataset.take(np.sort(chosen))


def group_copies(photos: Dataset, digests: Sequence[str]) -> Dataset:
    """Photos that are byte for byte the same stay on one side of every split, with their groups."""
    copies = len(digests) - len(set(digests))
    if not copies:
        return photos
    _LOG.warning("%d photos are copies of others, byte for byte: kept in one fold", copies)
    if photos.group is None:
        return replace(photos, group=np.array(digests))
    from scipy.sparse import block_array, coo_array
    from scipy.sparse.csgraph import connected_components

    group, digest = (
        np.unique(labels, return_inverse=True)[1] for labels in (photos.group, digests)
    )
    links = coo_array((np.ones(len(photos)), (group, digest)), shape=(len(photos), len(photos)))
    tied = connected_components(block_array([[None, links], [links.T, None]]))[1]
    return replace(photos, group=tied[group].astype(str))


def _target(rows: pd.DataFrame, data: Data, path: Path) -> Numbers:
    column = data.columns.target
    targets = table.parse_numbers(rows, column, path)
    lowest, highest = data.limits
    table.refuse_lines(
        (targets < lowest) | (targets > highest),
        rows[column],
        f"{path}: {column} must lie from data.minimum {lowest:g} to data.maximum {highest:g}",
    )
    return targets


def _groups(rows: pd.DataFrame, column: str, path: Path) -> Strings:
    groups = rows[column]
    table.refuse_lines((groups == "").to_numpy(), groups, f"{path}: {column} is empty", quoted=True)
    return groups.to_numpy(dtype=np.str_)


def _weights(rows: pd.DataFrame, column: str, path: Path) -> Numbers:
    weights = table.parse_numbers(rows, column, path)
    table.refuse_lines(weights < 0, rows[column], f"{path}: {column} must not be negative")
    if not weights.any():
        raise InputError(f"{path}: {column} is 0 for every photo")
    return weights


def _objects(data: Data, names: Strings) -> pd.DataFrame | None:
    """Read boxes and points, ``xmin <= xmax`` and ``ymin <= ymax``, in pixels of the photo."""
    columns = data.columns
    tables = [
        _places(data, data.path(file), corners, names)
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


def _places(data: Data, path: Path, corners: Sequence[str], names: Strings) -> pd.DataFrame:
    name = data.columns.name
    rows = table.read_table(path, [name, *dict.fromkeys(corners)])
    unknown = ~rows[name].isin(names).to_numpy()
    table.refuse_lines(
        unknown, rows[name], f"{path}: photos that {data.train} does not list", quoted=True
    )
    values = [table.parse_numbers(rows, column, path) for column in corners]
    left, top, right, bottom = values
    table.refuse_lines(
        (left > right) | (top > bottom) | (left < 0) | (top < 0),
        [str(box) for box in np.column_stack(values).tolist()],
        f"{path}: a box is {', '.join(data.columns.box)} with each minimum at least 0 and not "
        "above its maximum, and a point is not below 0",
    )
    return pd.DataFrame(
        {"name": rows[name], "xmin": left, "ymin": top, "xmax": right, "ymax": bottom}
    )

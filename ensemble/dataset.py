"""The labelled photos, and the photos to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError
from backbones.folder import locate, photos_in
from ensemble import table
from ensemble.config import Data

Strings = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Labelled photos, ordered by name; every array has one entry a photo."""

    names: Strings
    paths: tuple[Path, ...]
    target: Numbers  #: in its own unit
    group: Strings | None = None
    weight: Numbers | None = None
    boxes: pd.DataFrame | None = None  #: name, xmin, ymin, xmax, ymax in pixels; a row an object

    def __len__(self) -> int:
        return len(self.names)

    def take(self, rows: npt.NDArray[np.intp]) -> Dataset:
        """The photos at these positions."""
        names = self.names[rows]
        return replace(
            self,
            names=names,
            paths=tuple(self.paths[row] for row in rows),
            target=self.target[rows],
            group=None if self.group is None else self.group[rows],
            weight=None if self.weight is None else self.weight[rows],
            boxes=None if self.boxes is None else self.boxes[self.boxes["name"].isin(names)],
        )


@dataclass(frozen=True)
class Photos:
    """Photos to predict, in the order of their table; the target where the table has it."""

    names: Strings
    paths: tuple[Path, ...]
    target: Numbers | None = None


def read(data: Data, seed: int) -> Dataset:
    """The training table, its photos and its boxes; ``data.limit`` of them, chosen by `seed`.

    Raises
    ------
    InputError
        For each of the files all mistakes of a kind at once, with their lines.
    """
    columns = data.columns
    path = data.path(data.train)
    optional = [column for column in (columns.group, columns.weight) if column is not None]
    rows = table.read(path, [columns.name, columns.target, *optional])
    names = _names(rows, columns.name, path)
    dataset = Dataset(
        names=names,
        paths=tuple(locate(data.path(data.images), list(names))),
        target=table.numbers(rows, columns.target, path),
        group=None if columns.group is None else _groups(rows, columns.group, path),
        weight=None if columns.weight is None else _weights(rows, columns.weight, path),
        boxes=None if data.boxes is None else _boxes(data, names),
    )
    dataset = dataset.take(np.argsort(names))
    if data.limit is None or data.limit >= len(dataset):
        return dataset
    chosen = np.random.default_rng(seed).choice(len(dataset), data.limit, replace=False)
    return dataset.take(np.sort(chosen))


def read_test(path: Path, folder: Path, name: str, target: str) -> Photos:
    """The photos of a test table, with their target where it has that column."""
    rows = table.read(path, [name])
    names = _names(rows, name, path)
    labelled = target in rows and (rows[target] != "").any()
    known = table.numbers(rows, target, path) if labelled else None
    return Photos(names, tuple(locate(folder, list(names))), known)


def read_folder(folder: Path) -> Photos:
    """All photos of a folder and its sub-folders, by name."""
    names = photos_in(folder)
    return Photos(np.array(names), tuple(locate(folder, names)))


def _names(rows: pd.DataFrame, column: str, path: Path) -> Strings:
    names = rows[column]
    table.refuse_lines((names == "").to_numpy(), names, f"{path}: {column} is empty", quoted=True)
    table.refuse_lines(
        names.duplicated().to_numpy(), names, f"{path}: a photo may be listed once", quoted=True
    )
    return names.to_numpy(dtype=np.str_)


def _groups(rows: pd.DataFrame, column: str, path: Path) -> Strings:
    groups = rows[column]
    table.refuse_lines((groups == "").to_numpy(), groups, f"{path}: {column} is empty", quoted=True)
    return groups.to_numpy(dtype=np.str_)


def _weights(rows: pd.DataFrame, column: str, path: Path) -> Numbers:
    found = table.numbers(rows, column, path)
    table.refuse_lines(found < 0, rows[column], f"{path}: {column} must not be negative")
    if not found.any():
        raise InputError(f"{path}: {column} is 0 for every photo")
    return found


def _boxes(data: Data, names: Sequence[str] | Strings) -> pd.DataFrame:
    """One row an object, ``xmin <= xmax`` and ``ymin <= ymax`` in pixels of the photo."""
    assert data.boxes is not None
    path, columns = data.path(data.boxes), data.columns
    rows = table.read(path, [columns.name, *columns.box])
    unknown = ~rows[columns.name].isin(names).to_numpy()
    table.refuse_lines(
        unknown, rows[columns.name], f"{path}: photos that {data.train} does not list", quoted=True
    )
    corners = [table.numbers(rows, column, path) for column in columns.box]
    left, top, right, bottom = corners
    shown = [str(corner) for corner in np.column_stack(corners).tolist()]
    table.refuse_lines(
        (left > right) | (top > bottom) | (left < 0) | (top < 0),
        shown,
        f"{path}: a box is {', '.join(columns.box)} with each minimum at least 0 and not above "
        "its maximum",
    )
    return pd.DataFrame(
        {"name": rows[columns.name], "xmin": left, "ymin": top, "xmax": right, "ymax": bottom}
    )

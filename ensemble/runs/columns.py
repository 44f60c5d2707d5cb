"""What the columns beside the photos hold, as a run keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, get_args

from ensemble.heads import Kind
from ensemble.photos.tabular import Column, Tabular
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter

FILE = "columns.json"


def write_columns(columns: Tabular, run: RunWriter) -> None:
    """Add their names, kinds and categories to a run."""
    run.json(FILE, [asdict(column) for column in columns.columns])


def read_columns(files: RunFolder, names: Sequence[str]) -> tuple[Column, ...]:
    """Those of a run whose config names these columns; empty where it names none.

    Raises
    ------
    InputError
        The file is missing, or holds something else.
    """
    if not names:
        return ()
    with named(files.path(FILE)):
        found = tuple(_column(one) for one in files.json(FILE))
        if [column.name for column in found] != list(names):
            raise ValueError(f"it has other columns than the config: {', '.join(names)}")
    return found


def _column(content: dict[str, Any]) -> Column:
    name, kind, categories = content["name"], content["kind"], content["categories"]
    if kind not in get_args(Kind):
        raise ValueError(f"{name} is of no known kind: {kind!r}")
    labels = isinstance(categories, list) and all(isinstance(one, str) for one in categories)
    once = labels and len(set(categories)) == len(categories)
    if not once or bool(categories) != (kind == "category"):
        raise ValueError(f"the categories of {name} are no labels, each once")
    return Column(str(name), kind, tuple(categories))

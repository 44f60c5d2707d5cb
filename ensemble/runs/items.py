"""The items of a fit, as a run keeps them: their photos, and the order of their views."""

from __future__ import annotations

import pandas as pd

from ensemble.photos.dataset import Dataset
from ensemble.photos.items import Items
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter

#: The photos of each item, and the views whose features stand side by side.
FILE, VIEWS = "items.csv", "views.json"


def write_items(photos: Dataset, views: tuple[str, ...], run: RunWriter) -> None:
    """Add them to a run: ``item, name`` and, where it is known, ``view``; a row a photo."""
    items = photos.items
    assert isinstance(items, Items)
    columns = {"item": items.spread(photos.names), "name": items.photos}
    if items.view is not None:
        columns["view"] = items.view
    run.text(FILE, pd.DataFrame(columns).to_csv(index=False))
    if views:
        run.json(VIEWS, list(views))


def read_items(files: RunFolder) -> dict[str, list[str]]:
    """The names of each item's photos; none in runs of photos.

    Raises
    ------
    InputError
        The file holds something else.
    """
    if FILE not in files.files:
        return {}
    with named(files.path(FILE)) as path:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        return {str(item): rows["name"].tolist() for item, rows in table.groupby("item")}


def read_views(files: RunFolder) -> tuple[str, ...]:
    """The views whose features stand side by side, in that order; often there are none.

    Raises
    ------
    InputError
        The file holds something else.
    """
    if VIEWS not in files.files:
        return ()
    with named(files.path(VIEWS)):
        views = files.json(VIEWS)
        if not (isinstance(views, list) and all(isinstance(one, str) for one in views)):
            raise ValueError(f"a list of names is needed, not {str(views)[:80]}")
        if len(set(views)) < len(views):
            raise ValueError("a view stands in it twice")
        return tuple(views)

"""New photos become items of several, as a table or a caller says."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import count
from ensemble.config.columns import Columns
from ensemble.config.table_format import COMMAS, TableFormat
from ensemble.photos import table
from ensemble.photos.gathering import ItemLabels, gather, read_item_labels
from ensemble.photos.items import Items, Strings
from ensemble.photos.newphotos import NewPhotos

_LOG = logging.getLogger("ensemble")


def read_new_items(
    photos: NewPhotos, path: Path, columns: Columns, form: TableFormat = COMMAS
) -> NewPhotos:
    """The items of a test table, in the order of their first rows; `photos` are of its rows.

    Raises
    ------
    InputError
        The table lacks the columns of items or views, or rows of one item have other targets.
    """
    asked = [column for column in (columns.item, columns.view) if column is not None]
    labels = read_item_labels(table.read_table(path, asked, form), columns, path, form.decimal)
    return _gather(
        photos, labels, {} if photos.target is None else {columns.only_target: photos.target}
    )


def label_items(
    photos: NewPhotos, items: Sequence[Any], views: Sequence[Any] | None = None
) -> NewPhotos:
    """Photos as items, from a label of each and, where there are views, a view of each.

    Raises
    ------
    InputError
        There are more or fewer labels than photos, or some are empty.
    """
    item, lines = _labels(items, "items", photos), np.arange(len(photos.photos))
    view = None if views is None else _labels(views, "views", photos)
    return _gather(photos, ItemLabels(Path("items"), "item", lines, item, view), {})


def tell_of_views(items: Items | None, known: Sequence[str]) -> None:
    """Warn of views that heads on views side by side have not learned."""
    if items is None or items.view is None or not known:
        return
    others = Counter(items.view[~np.isin(items.view, known)].tolist())
    if others:
        told = first_ten([f"{view} ({count(n, 'photo')})" for view, n in others.most_common()])
        _LOG.warning(
            "views that the fit has not seen, so that their photos only stand in for missing ones: "
            "%s; it knows %s",
            ", ".join(told),
            ", ".join(known),
        )


def refuse_unnamed(columns: Columns) -> None:
    """Refuse photos without a table, where these are the columns of its items.

    Raises
    ------
    InputError
        They are.
    """
    if columns.item is not None:
        view = "" if columns.view is None else f", {columns.view}"
        raise InputError(
            f"--images alone does not say which photos show one {columns.item}; name a table, too: "
            f"--test CSV, with the columns {columns.name}, {columns.item}{view}"
        )


def _gather(
    photos: NewPhotos, labels: ItemLabels, agreeing: dict[str, npt.NDArray[Any]]
) -> NewPhotos:
    if photos.cells is not None:
        texts = photos.cells.texts
        agreeing = agreeing | {str(name): texts[name].to_numpy(dtype=np.str_) for name in texts}
    first, rows, items = gather(labels, photos.names, agreeing, in_order=True)
    files = tuple(photos.photos[row] for row in rows)
    return replace(photos.take(first.tolist()), names=labels.item[first], photos=files, items=items)


def _labels(given: Sequence[Any], what: str, photos: NewPhotos) -> Strings:
    labels = ["" if pd.isna(one) else str(one).strip() for one in given]
    if len(labels) != len(photos.photos):
        raise InputError(
            f"{what} must have one for each photo, not {count(len(labels), 'label')} for "
            f"{count(len(photos.photos), 'photo')}"
        )
    empty = [str(photos.names[row]) for row, label in enumerate(labels) if not label]
    if empty:
        raise InputError(f"{what} must be given for every photo; missing for:", first_ten(empty))
    return np.array(labels)

"""Folders that are named by the number of their photos: ``12.5/a.jpg``."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from backbones.errors import InputError
from backbones.plural import count
from ensemble.config.columns import Columns
from ensemble.photos import numbers
from ensemble.proposal.data.layout import Layout
from ensemble.proposal.findings import Entry, Findings, shown

#: Folders of photos that are not to be learned from.
_HELD_OUT = frozenset({"test", "val", "valid", "validation"})

_COLUMNS = Columns()


def find_values(layout: Layout) -> Findings | None:
    """The number of each photo, by its folder's name; None where most folders have another name.

    Raises
    ------
    InputError
        A point and a comma stand in the numbers, so that they may mean thousands.
    """
    apart = {name: tuple(name.split("/")[:-1]) for name in layout.album.listing.names}
    kept = {
        name: above for name, above in apart.items() if not _HELD_OUT & set(map(str.lower, above))
    }
    values = {name: _value(above[-1]) for name, above in kept.items() if above}
    labelled = {name: value for name, value in values.items() if np.isfinite(value)}
    if len(labelled) * 2 < max(len(kept), 1) or not labelled:
        return None
    texts = {above[-1] for name, above in kept.items() if name in labelled}
    _refuse_mixed(layout, texts)
    rows = pd.DataFrame(
        {_COLUMNS.name: list(labelled), _COLUMNS.target: [f"{v:.15g}" for v in labelled.values()]}
    )
    folders = Counter(labelled.values())
    draft = layout.draft("train", rows.astype(object), "a config reads values from a table")
    others = len(layout.album) - len(labelled)
    span = f"{shown(min(folders))} to {shown(max(folders))}"
    seen = f"{count(len(folders), 'folder')} named by a number, {span}"
    cautions = [f"not learned from: {count(others, 'photo')} in other folders"] if others else []
    return Findings(
        (
            Entry(
                "folder", str(layout.album.folder), f"{count(len(layout.album), 'photo')}, {seen}"
            ),
            Entry("images", layout.images),
            Entry("train", layout.file(draft.path), "written from the folders' names"),
        ),
        (draft,),
        (f"the values: {seen}, each the value of its photos",),
        tuple(cautions),
    )


def _value(name: str) -> float:
    """The number that a folder's name is, with either decimal sign; NaN where it is none."""
    return float(np.fmax(*(numbers.parse([name], decimal)[0] for decimal in ".,")))


def _refuse_mixed(layout: Layout, names: set[str]) -> None:
    signs = [sign for sign in ".," if any(sign in name for name in names)]
    if len(signs) > 1:
        some = [next(name for name in sorted(names) if sign in name) for sign in signs]
        raise InputError(
            f"{layout.album.folder}: folders named {' and '.join(map(repr, some))}: write all "
            "numbers with one decimal sign, and none between thousands"
        )

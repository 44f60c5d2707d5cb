"""The photos of a fit that new ones are held against, as a run keeps them."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from ensemble.heads.canonical import check_stored
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.scoring.novelty import Novelty

FILE = "novelty.npz"


def write_novelty(novelty: Novelty, run: RunWriter) -> None:
    """Add it to a run; the same numbers have the same bytes."""
    content = io.BytesIO()  # numpy dates its members 1980
    np.savez(
        content,
        allow_pickle=False,
        backbone=np.array(novelty.backbone),
        rows=novelty.rows,
        mean=novelty.mean,
        spread=novelty.spread,
        unit=np.array(novelty.unit),
        own=novelty.own,
    )
    run.bytes(FILE, content.getvalue())


def read_novelty(
    files: RunFolder, channels: Mapping[str, int], of_items: bool = False
) -> Novelty | None:
    """That of a run whose backbones have so many channels; None in runs that have none.

    `of_items`: it tells of items, which may have several photos each.

    Raises
    ------
    InputError
        The file holds something else.
    """
    if FILE not in files.files:
        return None
    path = files.path(FILE)
    with named(path):
        check_stored(path)
        content = io.BytesIO(path.read_bytes())  # NumPy leaves a file open that it cannot read
    with named(path), np.load(content, allow_pickle=False) as kept:
        found = Novelty(
            str(kept["backbone"]),
            kept["rows"].astype(np.float16),
            kept["mean"].astype(np.float32),
            kept["spread"].astype(np.float32),
            float(kept["unit"]),
            kept["own"].astype(np.float64),
        )
        _check(found, channels, of_items)
    return found


def _check(found: Novelty, channels: Mapping[str, int], of_items: bool) -> None:
    photos, numbers = found.rows.shape
    shapes = {(channels[found.backbone],), (numbers,), found.mean.shape, found.spread.shape}
    fits = 0 < len(found.own) <= photos if of_items else len(found.own) == photos
    if len(shapes) > 1 or found.own.ndim != 1 or not fits:
        raise ValueError(f"rows of {found.rows.shape} where others are {sorted(shapes)}")

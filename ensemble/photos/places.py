"""Tables that say where the objects are in photos: a row a box, or a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.remote.folder import Folder
from backbones.remote.photo import Photo
from ensemble.config.data import Data
from ensemble.photos import table
from ensemble.photos.listed import listed_names
from ensemble.photos.units import check_pixels

Numbers = npt.NDArray[np.float64]


def read_places(
    data: Data,
    path: Path,
    corners: Sequence[str],
    images: Folder,
    photos: Mapping[Photo, str],
) -> pd.DataFrame:
    """Read a table of boxes, or of points, in pixels of the upright photo.

    Parameters
    ----------
    corners : sequence of str
        The columns of xmin, ymin, xmax and ymax; of points x, y, x and y.
    images : Folder
        Holds the photos.
    photos : mapping of Photo to str
        The labelled photos: file and name.

    Returns
    -------
    DataFrame
        ``name``, as `photos` say it, ``xmin <= xmax`` and ``ymin <= ymax``.

    Raises
    ------
    InputError
        Lines of photos that are not labelled, or whose places cannot be in pixels.
    """
    wanted = [data.columns.name, *dict.fromkeys(corners)]
    rows = table.read_table(path, wanted, data.table_format, may_be_empty=True)
    names = name_rows(rows, data, path, images, photos)
    values = [table.parse_numbers(rows, column, path, data.table_format) for column in corners]
    corner = np.column_stack(values)
    _refuse_turned(corner, rows, data, path)
    check_pixels(corner, rows.index.tolist(), path, corners)
    left, top, right, bottom = values
    return pd.DataFrame({"name": names, "xmin": left, "ymin": top, "xmax": right, "ymax": bottom})


def name_rows(
    rows: pd.DataFrame, data: Data, path: Path, images: Folder, photos: Mapping[Photo, str]
) -> list[str]:
    """The photo of each row, as `photos` names it, whichever way the table spells it."""
    names = rows[data.columns.name]
    meant = listed_names(names.unique(), images, photos)
    known = {name: one for name, one in meant.items() if one is not None}
    unknown = ~names.isin(list(known)).to_numpy()
    title = f"{path}: photos that {data.train} does not list"
    table.refuse_lines(unknown, names, title, quoted=True)
    return [known[name] for name in names]


def _refuse_turned(corner: Numbers, rows: pd.DataFrame, data: Data, path: Path) -> None:
    """Refuse boxes whose minimum is above their maximum, and places below 0."""
    left, top, right, bottom = corner.T
    turned = (left > right) | (top > bottom)
    way_on = ""
    if turned.any() and corner.min() >= 0:
        way_on = "; if the last two are width and height, as it seems, add the first two to them"
    texts = pd.Series([str(box) for box in corner.tolist()], index=rows.index)
    table.refuse_lines(
        turned | (left < 0) | (top < 0),
        texts,
        f"{path}: a box is {', '.join(data.columns.box)} with each minimum at least 0 and not "
        f"above its maximum, and a point is not below 0{way_on}",
    )

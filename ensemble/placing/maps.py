"""A map of each new photo, which says how much of the number lies where, and a picture of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from PIL import Image

from backbones.files import read_file
from backbones.parallel import map_in_order
from backbones.photos.images import decode, reduction_for
from ensemble.photos.foreign import DENSITY_PICTURES
from ensemble.placing.block import Numbers, Placed
from ensemble.placing.file_names import file_names
from ensemble.report.page.densities import colour_density
from ensemble.storage.output_folder import OutputFolder

#: The table of the maps, in their folder.
INDEX = "density.csv"

_MAP, _OVERLAY = DENSITY_PICTURES

#: The longer side of an overlay, pixels, at most.
_LONGEST = 1600


class Maps:
    """Writes a map and an overlay a photo into a folder.

    A map is a TIFF of 32-bit floats, a pixel a cell, over the whole photo as a viewer shows it: a
    value is the number in that cell, and their sum the stack's prediction of the photo. Where the
    member has seen less of the photo, it is 0. 16-bit integers would need another scale for each
    photo to come near that, and not add up exactly.

    Parameters
    ----------
    names : sequence of str
        Of all photos.
    name : str
        Of the column of names.
    member : str
        Whose densities they are.
    """

    #: Those beside the name.
    COLUMNS: ClassVar[tuple[str, ...]] = (
        "file",
        "overlay",
        "rows",
        "columns",
        "cell_height",
        "cell_width",
        "scale",
        "sum",
        "member",
        "member_sum",
    )

    def __init__(self, folder: OutputFolder, names: Sequence[str], name: str, member: str) -> None:
        self._folder, self._name, self._member = folder, name, member
        self._files = file_names(names)
        self._rows: list[tuple[object, ...]] = []

    def check(self, what: str) -> None:
        """Look whether all may be written; see ``OutputFolder.check``."""
        pictures = [f"{one}{end}" for one in self._files.values() for end in (_MAP, _OVERLAY)]
        self._folder.check([*pictures, INDEX], what)

    @property
    def index(self) -> Path:
        """The table of the maps."""
        return self._folder.folder / INDEX

    def take(self, photos: Sequence[Placed]) -> None:
        """Write those of some photos."""
        for photo, (values, overlay) in zip(photos, map_in_order(_draw, photos), strict=True):
            file = self._files[photo.name]
            self._folder.write(f"{file}{_MAP}", _tiff(values))
            self._folder.write(f"{file}{_OVERLAY}", overlay)
            self._rows.append(self._row(photo, values, file))

    def close(self) -> None:
        """Write the table; remove maps that an earlier command has left of other photos."""
        self._folder.write(INDEX, self.table().to_csv(index=False).encode())
        self._folder.close()

    def table(self) -> pd.DataFrame:
        """A row a photo.

        The name, ``file`` and ``overlay``, below the folder; ``rows`` and ``columns`` of the map;
        ``cell_height`` and ``cell_width``, pixels of the photo; ``scale``, units of the target a
        stored unit; ``sum`` of the map, which is the stack's prediction; ``member`` whose density
        is shown, and ``member_sum``, what that alone predicts.
        """
        return pd.DataFrame(self._rows, columns=[self._name, *self.COLUMNS])

    def _row(self, photo: Placed, values: Numbers, file: str) -> tuple[object, ...]:
        rows, columns = values.shape
        return (
            photo.name,
            f"{file}{_MAP}",
            f"{file}{_OVERLAY}",
            rows,
            columns,
            photo.frame.down.length / rows,
            photo.frame.across.length / columns,
            1,  # a stored unit is one of the target
            float(values.sum()),
            self._member,
            float(photo.density.sum(dtype=np.float64)),
        )


def _draw(photo: Placed) -> tuple[Numbers, bytes]:
    """The values of a map, and an overlay as JPEG."""
    values = photo.frame.even(photo.folded)
    data = read_file(photo.path)
    whole = decode(data, str(photo.path), reduction_for(data, (_LONGEST // 2, _LONGEST // 2)))
    whole.thumbnail((_LONGEST, _LONGEST))
    colours = colour_density(values).resize(whole.size, Image.Resampling.BICUBIC)
    drawn = Image.alpha_composite(whole.convert("RGBA"), colours)
    content = io.BytesIO()
    drawn.convert("RGB").save(content, "JPEG", quality=85)
    return values, content.getvalue()


def _tiff(values: Numbers) -> bytes:
    content = io.BytesIO()
    Image.fromarray(values.astype(np.float32)).save(content, "TIFF")
    return content.getvalue()

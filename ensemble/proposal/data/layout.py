"""How a config names files, and tables that are written as it cannot read the user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ensemble.config.columns import Columns
from ensemble.config.table_format import COMMAS, TableFormat
from ensemble.proposal.findings import Draft
from ensemble.proposal.folder.album import Album, Naming
from ensemble.proposal.folder.search import Named


@dataclass(frozen=True)
class Layout:
    """What all tables of a config have in common, and where it lies."""

    album: Album
    config: Path
    images: str = "."  #: the folder of the photos, below the album's
    name: str = Columns().name  #: the column of names
    form: TableFormat = COMMAS

    def file(self, path: Path) -> str:
        """A file as the config names it: from the data's folder, where that leads to it."""
        folder = self.album.folder
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
        if not path.is_absolute():
            near = os.path.relpath(path, folder)
            if (folder / near).parent.resolve() == path.parent.resolve():  # not so through links
                return Path(near).as_posix()
        return str(path.resolve())

    def suits(self, table: Named, naming: Naming) -> bool:
        """Whether a table can be read beside the others as it is."""
        return (
            table.has_header
            and naming.is_direct
            and naming.images == self.images
            and naming.column == self.name
            and table.sheet.reads_as(self.form)
        )

    def draft(self, key: str, rows: pd.DataFrame, reason: str) -> Draft:
        """A table to be written; `key` of the config's data will name it."""
        word = "labels" if key == "train" else key
        path = self.config.with_name(f"{self.config.stem}-{word}.csv")
        return Draft(key, path, rows, self.form, reason)

    def renamed(self, table: Named, photos: Mapping[str, Path]) -> pd.DataFrame:
        """The rows of a table whose photos are known, with the names that the config finds."""
        names = table.sheet.rows[table.naming.column]
        found = {name: self.album.relative(photo, self.images) for name, photo in photos.items()}
        rows = table.sheet.rows.rename(columns={table.naming.column: self.name})
        return rows.assign(**{self.name: names.map(lambda name: found.get(name, name))})

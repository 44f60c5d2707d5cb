"""The submission file: exactly the rows asked for, checked before it is said to be there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from backbones.errors import InputError
from ensemble.config.columns import shown_columns
from ensemble.config.config import Config
from ensemble.photos import table
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.rejected import FILE as REJECTED
from ensemble.photos.rejected import rejected_table
from ensemble.runs.earlier import adopt_earlier
from ensemble.runs.folder import RunFolder
from ensemble.runs.predictions import Predictions
from ensemble.runs.sample import sample_columns
from ensemble.storage.outputs import Outputs

_OUT = "--out"

#: Suffixes of what a submission is not.
_OTHER_FORMATS = (".bz2", ".gz", ".parquet", ".tar", ".xls", ".xlsx", ".xz", ".zip", ".zst")


@dataclass(frozen=True)
class Submission:
    """A submission file to be: its place and its columns."""

    out: Path
    name: str  #: the column that names what is predicted
    target: str | tuple[str, ...]
    columns: list[str]
    outputs: Outputs
    lists_rejected: bool = False  #: whether photos that cannot be used are left out, or filled
    reports: bool = False  #: whether a page tells of it
    run: RunFolder | None = None  #: none of its files is written over
    tables: tuple[str, ...] = ()  #: names of others that are to be written beside it
    #: the columns of photos and of items, where items are predicted
    items: tuple[str, str] | None = None

    @property
    def noun(self) -> str:
        """What a row is of."""
        return "photo" if self.items is None else "item"

    def write(self, predictions: Predictions, photos: NewPhotos) -> pd.DataFrame:
        """Write the file and, beside it, ``predictions.csv`` with every member's prediction.

        Where photos that cannot be used are no error, ``rejected.csv`` lists them, or has but a
        header. Another of an earlier command is removed: it would tell of other photos.

        Parameters
        ----------
        photos : NewPhotos
            Those that have a row, in their order.

        Returns the rows of the submission.

        Raises
        ------
        InputError
            The file does not read back as the rows, order and columns that were asked for; or a
            file of the user has come to lie there.
        """
        shown = {one: predictions.table[of] for one, of in shown_columns(self.target).items()}
        submission = pd.DataFrame({self.name: photos.names, **shown})[self.columns]
        files = {self.out: submission, self.details: predictions.table}
        if self.lists_rejected:
            rejected = [*predictions.rejected.values()]
            files[self.rejected] = rejected_table(rejected, *(self.items or (self.name,)))
        for path in self._lists():
            if path not in files and not (self.run is not None and self.run.holds(path)):
                self.outputs.remove(path)
        for path, rows in files.items():
            self._write(path, rows)
        self._check(photos)
        return submission

    @property
    def details(self) -> Path:
        """The file with every member's prediction."""
        return self.beside("predictions.csv")

    @property
    def rejected(self) -> Path:
        """The file with the photos that cannot be used; a run may have one of its own."""
        path, other = self._lists()
        return other if self.run is not None and self.run.holds(path) else path

    @property
    def page(self) -> Path:
        """The page that tells of it, and its data."""
        return self.out.with_suffix(".html")

    @property
    def page_data(self) -> Path:
        """What the page shows, as JSON."""
        return self.out.with_suffix(".json")

    def _write(self, path: Path, rows: pd.DataFrame) -> None:
        with self.outputs.write(path, _OUT) as partial:
            rows.to_csv(partial, index=False)

    def _lists(self) -> tuple[Path, Path]:
        """Where photos that cannot be used are listed, without and with a list of the run's own."""
        path = self.beside(REJECTED)
        return path, path.with_name(f"submission-{path.name}")

    def check_places(self, inputs: Sequence[Path]) -> None:
        """Look at every place that will be written, before anything is predicted.

        Raises
        ------
        InputError
            The submission has the suffix of another format; two of the files would be one; one is
            read by this command, is part of the run, or of the user's; or a place cannot be
            written.
        """
        if self.out.suffix.lower() in _OTHER_FORMATS:
            raise InputError(
                f"{_OUT}: {self.out} would hold a table in CSV, whatever {self.out.suffix} says; "
                "name a file .csv"
            )
        files = [self.out, self.details] + [self.rejected] * self.lists_rejected
        files += [self.page, self.page_data] * (self.reports and isinstance(self.target, str))
        files += [self.beside(name) for name in self.tables]
        # Some file systems take names that differ in their case alone for the same.
        beside = {path.name.casefold() for path in files[1:]}
        if self.out.name.casefold() in beside:
            raise InputError(
                f"{_OUT}: {self.out.name} is written beside the submission; take another name"
            )
        for path in files:
            if os.path.lexists(path) and any(_is_same(path, read) for read in inputs):
                raise InputError(f"{_OUT}: {path} is read by this command; name another place")
            if self.run is not None:
                self.run.refuse_own(path, _OUT)
            self.outputs.check(path, _OUT)

    def write_table(self, name: str, rows: pd.DataFrame) -> None:
        """Write one of the ``tables``; errors as ``write``."""
        self._write(self.beside(name), rows)

    def beside(self, name: str) -> Path:
        """Where a file of a name lies; that of ``a-submission.csv`` begins with ``a-``."""
        before, named, _ = self.out.stem.rpartition("submission")
        return self.out.with_name(f"{before if named else ''}{name}")

    def _check(self, photos: NewPhotos) -> None:
        back = table.read_table(self.out, self.columns)
        for target in shown_columns(self.target):
            table.parse_numbers(back, target, self.out)
        if list(back.columns) != self.columns or back[self.name].tolist() != photos.names.tolist():
            raise InputError(f"{self.out} does not hold the rows asked for; is the disk full?")


def open_submission(
    out: Path,
    config: Config,
    outputs: Outputs,
    *,
    lists_rejected: bool = False,
    reports: bool = False,
    run: RunFolder | None = None,
    inputs: Sequence[Path] = (),
    tables: tuple[str, ...] = (),
) -> Submission:
    """Looks at the places and the sample, before anything is predicted.

    Parameters
    ----------
    lists_rejected : bool
        Whether photos that cannot be used are left out, or filled.
    reports : bool
        Whether a page will tell of it.
    run : RunFolder, optional
        None of its files is written over.
    inputs : sequence of Path
        Other files that are read, beside the tables of the config.
    tables : tuple of str
        Names of other tables that will be written beside it.

    Raises
    ------
    InputError
        As ``Submission.check_places``; or the sample has other columns.
    """
    data = config.data
    submission = Submission(
        out,
        data.columns.key,
        data.columns.target,
        sample_columns(config),
        outputs,
        lists_rejected,
        reports,
        run,
        tables,
        None if data.columns.item is None else (data.columns.name, data.columns.item),
    )
    if run is not None and out == run.path("submission.csv"):
        adopt_earlier(outputs, out, submission.details, submission.columns, submission.name)
    objects = None if data.objects is None else data.objects.path
    labels = (data.boxes, data.points, data.areas, data.counts, objects)
    read = (data.train, data.test, *labels, data.sample_submission)
    submission.check_places([*inputs, *(data.path(one) for one in read if one is not None)])
    return submission


def _is_same(path: Path, other: Path) -> bool:
    """Whether both lead to one file; what may not be looked at is refused when it is written."""
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False

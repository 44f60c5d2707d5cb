"""The submission file: exactly the rows asked for, checked before it is said to be there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from backbones.errors import InputError
from backbones.files import atomic_write, check_place
from ensemble.config.config import Config
from ensemble.config.data import COMMAS, Data
from ensemble.photos import newphotos, table
from ensemble.photos.newphotos import NewPhotos
from ensemble.scoring.leaderboard import STACK
from ensemble.scoring.scores import score


def photos_asked_for(data: Data, test: Path | None, images: Path | None) -> NewPhotos:
    """The photos of a table, of a folder, or of the config's own test table.

    Raises
    ------
    InputError
        There is no such table or folder, or it lists photos that do not exist.
    """
    if test is None and images is not None:
        return newphotos.read_folder(images)
    if test is None and data.test is None:
        raise InputError("the config has no data.test: say --test CSV or --images DIR")
    path = test if test is not None else data.path(str(data.test))
    folder = images if images is not None else data.path(data.images)
    columns = data.columns
    return newphotos.read_test(path, folder, columns.name, columns.target, data.table_format)


@dataclass(frozen=True)
class Submission:
    """A submission file to be: its place and its columns."""

    out: Path
    name: str
    target: str
    columns: list[str]

    def write(self, predictions: pd.DataFrame, photos: NewPhotos) -> pd.DataFrame:
        """Write the file and, beside it, ``predictions.csv`` with every member's prediction.

        Returns the rows of the submission.

        Raises
        ------
        InputError
            The file does not read back as the rows, order and columns that were asked for.
        """
        content = {self.name: photos.names, self.target: predictions[STACK]}
        submission = pd.DataFrame(content)[self.columns]
        for rows, path in ((submission, self.out), (predictions, self.details)):
            with atomic_write(path) as partial:
                rows.to_csv(partial, index=False)
        self._check(photos)
        return submission

    @property
    def details(self) -> Path:
        """The file with every member's prediction; ``a-submission.csv`` has one of its own."""
        before, named, _ = self.out.stem.rpartition("submission")
        return self.out.with_name(f"{before if named else ''}predictions.csv")

    def summary(self, submission: pd.DataFrame, photos: NewPhotos) -> list[str]:
        """Lines for the terminal: the first rows, the files, the score where it is known."""
        lines = submission.head(5).to_string(index=False).splitlines()
        lines.append(
            f"{len(submission)} rows in {self.out}; every member's prediction in {self.details}"
        )
        if photos.target is not None:
            found = score(submission[self.target].to_numpy(), photos.target)
            lines.append(
                f"score on these {found.photos} photos: RMSE {found.rmse:.3f} "
                f"± {found.standard_error:.3f}, MAE {found.mae:.3f}"
            )
        return lines

    def _check(self, photos: NewPhotos) -> None:
        back = table.read_table(self.out, self.columns)
        table.parse_numbers(back, self.target, self.out)
        if list(back.columns) != self.columns or back[self.name].tolist() != photos.names.tolist():
            raise InputError(f"{self.out} does not hold the rows asked for; is the disk full?")


def open_submission(out: Path, config: Config) -> Submission:
    """Looks at the place and the sample, before anything is predicted.

    Raises
    ------
    InputError
        `out` is a folder or the file of the details; the sample has other columns.
    """
    name, target = config.data.columns.name, config.data.columns.target
    submission = Submission(out, name, target, sample_columns(config))
    if out.is_dir():
        raise InputError(f"--out: {out} is a folder; name a file in it")
    check_place(out, "--out")
    if submission.details == out:
        raise InputError(f"--out: {out.name} is written beside the submission; take another name")
    return submission


def sample_columns(config: Config) -> list[str]:
    """The columns of the sample submission, which must be the name and the target.

    Raises
    ------
    InputError
        The sample is missing, or has other columns.
    """
    name, target = config.data.columns.name, config.data.columns.target
    sample = config.data.sample_submission
    if sample is None:
        return [name, target]
    path, form = config.data.path(sample), config.data.table_format
    try:
        rows = table.read_table(path, [name, target], form)
    except InputError:
        if form == COMMAS:
            raise
        rows = table.read_table(path, [name, target])  # as a pack keeps it
    columns = [str(column) for column in rows.columns]
    if len(columns) != 2:
        raise InputError(f"{path} has columns {columns}; only {name} and {target} can be filled")
    return columns

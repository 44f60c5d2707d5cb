"""The sample submission: its columns and its rows."""

from __future__ import annotations

from collections import Counter

from backbones.errors import InputError, first_ten
from ensemble.config.config import Config
from ensemble.config.data import Data
from ensemble.config.table_format import COMMAS
from ensemble.photos import table
from ensemble.photos.newphotos import NewPhotos


def refuse_other_rows(data: Data, photos: NewPhotos) -> None:
    """Hold the sample against the photos of the config's own test table; the order may differ.

    Raises
    ------
    InputError
        The sample has other names than the table, or one of them more than once.
    """
    if data.sample_submission is None:
        return
    path, name = data.path(data.sample_submission), data.columns.key
    names = table.read_table(path, [name], data.table_format)[name]
    asked = set(photos.names.tolist())
    listed = Counter(names)
    mistakes = [
        f"line {line}: {one!r} is not in {data.test}"
        for line, one in names.items()
        if one not in asked
    ]
    mistakes += [f"{one!r} is there {count} times" for one, count in listed.items() if count > 1]
    mistakes += [
        f"{one!r} of {data.test} is missing" for one in photos.names.tolist() if one not in listed
    ]
    if mistakes:
        raise InputError(
            f"{path}: the sample submission has other rows than {data.test}, of which a submission "
            "is made; correct one of them, or leave out data.sample_submission:",
            first_ten(mistakes),
        )


def sample_columns(config: Config) -> list[str]:
    """The columns of the sample submission, which must be the name and the targets.

    Raises
    ------
    InputError
        The sample is missing, or has other columns.
    """
    asked = [config.data.columns.key, *config.data.columns.targets]
    sample = config.data.sample_submission
    if sample is None:
        return asked
    path, form = config.data.path(sample), config.data.table_format
    try:
        rows = table.read_table(path, asked, form)
    except InputError:
        if form == COMMAS:
            raise
        rows = table.read_table(path, asked)  # as a pack keeps it
    columns = [str(column) for column in rows.columns]
    if len(columns) != len(asked):
        *others, last = asked
        raise InputError(
            f"{path} has columns {columns}; only {', '.join(others)} and {last} can be filled; "
            "leave out the others, or data.sample_submission"
        )
    return columns

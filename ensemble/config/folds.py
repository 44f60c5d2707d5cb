"""The section of a config on folds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field, StrictInt, model_validator

from backbones.section import Section
from ensemble.config.data import Positive

#: The most folds of a repeat.
MOST_FOLDS = 100


class FoldsSpec(Section):
    """How the photos are split into folds."""

    unsaid = ("format",)

    method: Literal["kfold", "stratified", "group", "column", "time"] = "kfold"
    """`stratified` spreads the targets evenly; `group` insists on `data.columns.group`; `column`
    takes the folds of `column`; `time` never learns from a photo later than those it predicts.

    With `time` the photos, ordered by `column`, are cut into blocks of consecutive times. The first
    is only learned from; each of the next `n` is predicted by heads fitted on all blocks before it.
    A stack that learns is fitted on predictions of earlier blocks, so that it predicts, and the
    scores count, from the second of these on. Groups and copies stay in the blocks of their times.
    """
    column: str | None = None
    """Of `data.train`: names the fold of each photo, or says when it was taken, for `time`.

    Times are dates of ISO 8601, as 2025-03-31, with or without a time of day, or numbers. Either
    all say their time zone, or none.
    """
    format: str | None = None
    """How other dates are written in `column`, as `"%d.%m.%Y"`, for `method: time`.

    In the codes of Python's strftime. It has to hold the year; days need their month, and hours of
    a half day their `%p`.
    """
    n: Annotated[StrictInt, Field(ge=2, le=MOST_FOLDS)] = 5
    """Number of folds; with `method: column` there are as many as the column names, and with `time`
    so many blocks after the first."""
    repeats: Annotated[StrictInt, Field(ge=1, le=100)] = 1
    """Number of times that photos are split; errors are averaged over them."""
    neighbours: Positive | None = None
    """How many folds to each side a stack learns from, in place of all others: fewer fits.

    For a nested score each head is fitted without every pair of folds. With 1, only pairs of
    neighbours in a ring of folds are left out: fewer heads are fitted, and the stack that
    predicts a fold is fitted on its two neighbours, not on all others. With 2, on four, etc.
    """
    near_copies: Literal["listed", "together", "ignored"] = "listed"
    """What becomes of near copies: `together` keeps them in one fold, `ignored` looks for none.

    They are photos of one scene, saved again or a moment later, of which one would tell the target
    of the other across a fold. `listed` and `together` name them on the terminal and in the run's
    near_copies.csv. See `backbones.photos.likeness` for what counts as one. Photos that are the
    same byte for byte are always in one fold. With `method: column` no photo is moved: copies in
    other folds are named, and `together` is refused; as it is with `method: time`, where copies of
    earlier photos are named.
    """

    @property
    def least(self) -> int:
        """The fewest photos that can be split."""
        return {"column": 2, "time": self.n + 1}.get(self.method, self.n)

    @property
    def is_timed(self) -> bool:
        """Whether `column` says when photos were taken."""
        return self.method == "time"

    @model_validator(mode="after")
    def _check_column(self) -> FoldsSpec:
        reads = self.method in ("column", "time")
        if reads and self.column is None:
            example = "date" if self.is_timed else "fold"
            raise ValueError(
                f"method: {self.method} needs the name of a column of data.train, as "
                f"column: {example}"
            )
        if not reads and self.column is not None:
            raise ValueError(
                f"column: {self.column!r} is read with method: column and method: time only"
            )
        if self.method == "column" and self.repeats > 1:
            raise ValueError("repeats: folds of a column are there once; leave it out")
        if self.method == "column" and self.near_copies == "together":
            raise ValueError(
                "near_copies: together would move photos out of the folds of the column; give "
                "copies one fold there, or take another method"
            )
        return self

    @model_validator(mode="after")
    def _check_time(self) -> FoldsSpec:
        mistakes = {
            "repeats: blocks of time are there once; leave it out": self.repeats > 1,
            "neighbours: a stack learns from all earlier blocks of time, at the cost of no fit; "
            "leave it out": self.neighbours is not None,
            "near_copies: together would move photos out of their time; leave copies out of the "
            "table where they spoil the score": self.near_copies == "together",
        }
        if self.is_timed and any(mistakes.values()):
            raise ValueError("; ".join(what for what, is_one in mistakes.items() if is_one))
        return self

    @model_validator(mode="after")
    def _check_format(self) -> FoldsSpec:
        if self.format is None:
            return self
        if not self.is_timed:
            raise ValueError("format: dates are read with method: time only; leave it out")
        if not _tells_time(self.format):
            raise ValueError(
                f"format: {self.format!r} must say how a date is written, in the codes of strftime "
                'and with its year, as "%d.%m.%Y" or "%Y:%m:%d %H:%M:%S"; days need their month, '
                "and %I its %p"
            )
        return self


#: Of year, month, day, hour, minute, second and microsecond, where a form leaves them out.
_LEAST = (1, 1, 1, 0, 0, 0, 0)


def _tells_time(form: str) -> bool:
    """Whether a moment, written so and read again, is itself, or cut after its year, month, ..."""
    parts = (2001, 2, 3, 16, 5, 6, 700_000)
    try:
        read = datetime.strptime(datetime(*parts, tzinfo=UTC).strftime(form), form)
    except (ValueError, re.error):
        return False
    found = (*read.timetuple()[:6], read.microsecond)
    return found in [parts[:places] + _LEAST[places:] for places in range(1, 8)]

"""What a report goes by: the tables that a fit left in its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.config.config import Config
from ensemble.digits import format_score
from ensemble.metric import Metric
from ensemble.scoring.gains import Gain
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.stacking.blocks import Block, read_blocks

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """The tables of a run; see ``ensemble.runs.record`` for their columns."""

    run: str  #: its folder, as a command would name it
    config: Config
    config_text: str
    versions: Mapping[str, str]
    metrics: Mapping[str, Any]
    leaderboard: Leaderboard
    oof: pd.DataFrame
    curves: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    near_copies: pd.DataFrame | None = None
    folds: pd.DataFrame | None = None  #: ``name, fold``, a row a photo and repeat
    appearance: pd.DataFrame | None = None  #: ``name`` and what was measured of each photo
    times: Mapping[str, float] = field(default_factory=dict)  #: seconds of each stage

    @property
    def unit(self) -> str:
        """What is predicted: the name of the target's column."""
        return self.config.data.columns.only_target

    @property
    def metric(self) -> Metric:
        """What decides."""
        return self.leaderboard.metric

    @property
    def noun(self) -> str:
        """What a prediction is of."""
        return self.config.data.columns.noun

    @property
    def members(self) -> list[str]:
        return self.leaderboard.members

    @property
    def gains(self) -> dict[str, Gain]:
        """How far the stack is ahead of others; empty in runs that do not know it."""
        found = self.metrics.get("gains", {})
        return {name: Gain.from_json(one) for name, one in found.items()}

    @property
    def said(self) -> dict[str, str]:
        """The value of each row of the leaderboard that decides, in words."""
        scores = {name: one.headline for name, one in self.leaderboard.scores.items()}
        return {name: format_score(one.value, one.standard_error) for name, one in scores.items()}

    @cached_property
    def photos(self) -> pd.DataFrame:
        """``fold, target``, members, ``stack, lower, upper``; a row a photo, by its name.

        Photos that no stack predicted, as the earliest where folds are blocks of time, have none.
        Where folds are repeated, numbers are means over the repeats; the fold is of the first.
        """
        return by_photo(self.oof, ["target", *self.members, STACK, LOWER, UPPER])

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of time; none where folds are others."""
        return read_blocks(self.metrics)

    @property
    def scored(self) -> pd.DataFrame:
        """The photos that the score counts."""
        return not_set_aside(self.photos, self.config.score.only_above)


def by_photo(oof: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Columns of an out-of-fold table, averaged over repeats, by the photo's name.

    Of the photos that the stack has predicted.
    """
    by_name = oof[oof[STACK].notna()].groupby("name", sort=False)
    numbers = by_name[columns].mean()
    numbers.insert(0, "fold", by_name["fold"].first())
    return numbers


def not_set_aside(photos: pd.DataFrame, above: float | None) -> pd.DataFrame:
    """The rows whose target does not exceed `above`."""
    return photos if above is None else photos[photos["target"] <= above]

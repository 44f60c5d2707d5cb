"""A run of several targets: a run of each, which predict together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape
from typing import Any, NoReturn

import pandas as pd

from backbones.errors import InputError
from ensemble.config.columns import STACK
from ensemble.config.experiment import Experiment
from ensemble.prediction import Predictor
from ensemble.run.single import Run
from ensemble.runs.folder import RunFolder
from ensemble.runs.predictions import target_median
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.targets import FittedTargets


class TargetsRun(Run):
    """What a fit of several targets left behind.

    ``targets`` has the run of each, with its scores and out-of-fold predictions; ``predict`` looks
    at each photo once for all of them, and names the columns of a target ``weight.stack``,
    ``weight.lower``, ``weight.upper`` and ``weight.MEMBER``.

    Examples
    --------
    ``open_run("runs/fish").targets["weight"].oof`` is the table of a run of the weight alone.
    """

    def __init__(self, files: RunFolder, experiment: Experiment, runs: Mapping[str, Run]) -> None:
        super().__init__(files, experiment)
        self._runs = dict(runs)

    @property
    def targets(self) -> Mapping[str, Run]:
        """The run of each target, by the name of its column, in the order of the config."""
        return self._runs

    @property
    def leaderboard(self) -> pd.DataFrame:
        """``target``, then the columns of each target's leaderboard, one below the other."""
        tables = []
        for target, run in self._runs.items():
            tables.append(run.leaderboard)
            tables[-1].insert(0, "target", target)
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def scores(self) -> Leaderboard:
        """Each target has its own."""
        self._refuse("scores")

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Each target has its own."""
        self._refuse("metrics")

    @property
    def oof(self) -> pd.DataFrame:
        """Each target has its own."""
        self._refuse("oof")

    def _open_checked(self) -> Predictor:
        fitted = {target: run.predictor.fitted for target, run in self._runs.items()}
        return Predictor(FittedTargets.together(fitted), self.config.engine, self.config.cache)

    def _medians(self) -> dict[str, float]:
        return {f"{target}.{STACK}": target_median(run.files) for target, run in self._runs.items()}

    def _refuse(self, attribute: str) -> NoReturn:
        ways = " or ".join(f"run.targets[{target!r}].{attribute}" for target in self._runs)
        raise InputError(f"{self!r} has several targets, each with its own {attribute}: {ways}")

    def _repr_html_(self) -> str:
        """The leaderboards, for notebooks."""
        tables = (
            f"<h4>{escape(target)}</h4>{run._repr_html_()}" for target, run in self._runs.items()
        )
        return "".join(tables)

"""The schema of a config file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from backbones.engines import EngineChoice
from backbones.section import Section, Seed, usable_place
from ensemble import heads
from ensemble.config.agreement import item_mistakes
from ensemble.config.columns import check_written_names
from ensemble.config.data import Data
from ensemble.config.entries import Entry, member_names
from ensemble.config.entry import BackboneEntry, JointEntry, check_names
from ensemble.config.folds import FoldsSpec
from ensemble.config.limit import limit_mistakes, limit_of, numbers_in
from ensemble.config.member import Views
from ensemble.config.parallel import Parallel
from ensemble.config.score import Score
from ensemble.config.settings import expand
from ensemble.config.stack import BUILT_IN, StackSpec
from ensemble.config.tabular import TabularEntry, column_mistakes
from ensemble.config.tracking import Tracking
from ensemble.metric import Metric

#: What a message calls the folder.
CACHE_DIR = "cache_dir, or ENSEMBLE_CACHE"


def default_cache() -> str:
    """Return the default cache folder: ENSEMBLE_CACHE, or a folder in the home directory."""
    return expand("${ENSEMBLE_CACHE:-~/.cache/ensemble}")


class IntervalsSpec(Section):
    """Prediction intervals; see ``ensemble.scoring.intervals``."""

    coverage: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """The share of new photos whose target lies in its interval."""


class Config(Section):
    """The config of one experiment."""

    unsaid = ("tabular", "views")

    data: Data
    """The photos and their tables."""
    backbones: tuple[BackboneEntry, ...]
    """The networks, and the heads that learn from each."""
    joint: tuple[JointEntry, ...] = ()
    """Heads that learn from several networks at once."""
    tabular: TabularEntry | None = None
    """Heads that learn from columns of the tables alone; with them, `backbones` may be empty."""
    views: Views | None = None
    """How heads learn items: photo by photo, `apart`, or the views side by side; by default both.

    `apart`, an item's prediction is the mean of its photos'; `together`, a view that it lacks is
    the mean of its photos' features. Members are named after the way: `mobile.ridge.together`.
    """
    folds: FoldsSpec = FoldsSpec()
    """How the photos are split."""
    stack: StackSpec = StackSpec()
    """How predictions of several heads become one; the name of a method, or a mapping."""
    score: Score = Score()
    """What the leaderboard is computed on; the name of a metric, or a mapping."""
    intervals: IntervalsSpec = IntervalsSpec()
    """The ends of each prediction."""
    seed: Seed = 0
    """Decides folds, heads and what else is drawn."""
    engine: EngineChoice = "auto"
    """Runs the networks; OpenVINO is fastest on a CPU, and is `auto` where it is installed."""
    tracking: Tracking | None = None
    """A store of runs that a fit tells of its run, as `mlflow`."""
    parallel: Parallel = Parallel()
    """Who extracts features and fits heads: threads, or a Ray cluster; results are the same."""
    cache_dir: str = Field(default_factory=default_cache)
    """Keeps what was computed; `ENSEMBLE_CACHE` or `~/.cache/ensemble` by default."""

    @field_validator("backbones")
    @classmethod
    def _check_names_unique(cls, backbones: tuple[BackboneEntry, ...]) -> tuple[BackboneEntry, ...]:
        check_names([backbone.name for backbone in backbones], "backbones")
        return backbones

    @field_validator("joint")
    @classmethod
    def _check_joint_unique(cls, joint: tuple[JointEntry, ...]) -> tuple[JointEntry, ...]:
        sets = ["+".join(sorted(one.backbones)) for one in joint]
        check_names(sets, "joint entries", differ="backbones")
        return joint

    @field_validator("cache_dir")
    @classmethod
    def _check_place(cls, place: str) -> str:
        return usable_place(place)

    @model_validator(mode="after")
    def _check_joint(self) -> Config:
        mistakes = [
            f"joint.{one.name}: {mistake}"
            for one in self.joint
            for mistake in one.mistakes(self.backbones)
        ]
        read = {name for one in self.joint for name in one.backbones}
        mistakes += [
            f"backbones.{one.name}.heads: at least one is needed, there or in an entry of joint"
            for one in self.backbones
            if not one.heads and one.name not in read
        ]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    @model_validator(mode="after")
    def _check_columns(self) -> Config:
        heads = [(one.name, head) for one in self.entries for head in one.heads]
        names = [one.name for one in self.backbones]
        mistakes = column_mistakes(self.data.columns.features, heads, self.tabular, names)
        if not self.backbones and self.tabular is None:
            mistakes.append("backbones: at least one is needed, or heads of tabular")
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    @model_validator(mode="after")
    def _check_consistency(self) -> Config:
        if self.folds.method == "group" and self.data.columns.group is None:
            raise ValueError("folds.method: group needs data.columns.group")
        if self.folds.n == 2 and self.stack.is_fitted and self.folds.method != "column":
            raise ValueError("folds.n: a stack that learns needs 3 folds or more, or stack: mean")
        if self.data.columns.weight is not None:
            weightless = [name for name in self._regressors() if not heads.takes_weights(name)]
            if weightless:
                raise ValueError(
                    f"data.columns.weight: {', '.join(weightless)} take no weights; leave out the "
                    "column or these heads"
                )
        if self.data.has_parts and not any(map(heads.takes_maps, self._regressors())):
            raise ValueError("data.areas, data.counts: only density heads learn from them; add one")
        columns, views = self.data.columns, self.views
        named = member_names(self.entries, columns, views)
        if mistakes := list(item_mistakes(columns, views, self.entries, named)):
            raise ValueError("; ".join(mistakes))
        check_written_names(self.data.columns, named)
        return self

    @model_validator(mode="after")
    def _check_set_aside(self) -> Config:
        aside, targets = self.score.set_aside_above, self.data.columns.targets
        if mistakes := limit_mistakes("score.set_aside_above", aside, targets):
            raise ValueError("; ".join(mistakes))
        return self

    @model_validator(mode="after")
    def _check_limits(self) -> Config:
        lowest = list(numbers_in("data.minimum", self.data.minimum))
        low = [f"{key}: {limit:g}" for key, limit in lowest if limit <= -1]
        if self.score.metric == "rmsle" and low:
            leave = "leaves" if len(low) == 1 else "leave"
            raise ValueError(
                f"{' and '.join(low)} {leave} room for predictions that score.metric: rmsle has "
                "no value for; set one above -1, as 0"
            )
        if self.stack.round:
            broken = [
                f"{key}: {limit:g}"
                for key, limit in (*lowest, *numbers_in("data.maximum", self.data.maximum))
                if not limit.is_integer()
            ]
            if broken:
                raise ValueError(
                    f"{' and '.join(broken)}: with stack.round predictions are whole numbers, and "
                    "so have to be their limits"
                )
        return self

    @property
    def metric(self) -> Metric:
        """What the run of a single target is judged by."""
        columns, minimum = self.data.columns, self.data.minimum
        return Metric(self.score.metric, limit_of(minimum, columns.only_target))

    @property
    def least_folds(self) -> int:
        """The fewest folds that the stack can be scored on."""
        return 3 if self.stack.is_fitted else 2

    @property
    def entries(self) -> list[Entry]:
        """All that have heads, in the order of their members."""
        return [*self.backbones, *self.joint, *([] if self.tabular is None else [self.tabular])]

    def _regressors(self) -> list[str]:
        """Return the regressors of all heads, and of a stack that scikit-learn defines."""
        named = [head.head for one in self.entries for head in one.heads]
        return named if self.stack.method in BUILT_IN else [*named, self.stack.method]

    @property
    def cache(self) -> Path:
        return Path(self.cache_dir).expanduser()

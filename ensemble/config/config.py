"""The schema of a config file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from backbones.engines import EngineChoice
from backbones.section import Section, Seed, nearest, usable_place
from ensemble import heads
from ensemble.config.data import Data, Finite
from ensemble.config.entry import BackboneEntry, JointEntry, check_names
from ensemble.config.folds import FoldsSpec
from ensemble.config.parallel import Parallel
from ensemble.config.settings import expand
from ensemble.config.tracking import Tracking
from ensemble.heads import catalog

#: What a message calls the folder.
CACHE_DIR = "cache_dir, or ENSEMBLE_CACHE"


def default_cache() -> str:
    """Return the default cache folder: ENSEMBLE_CACHE, or a folder in the home directory."""
    return expand("${ENSEMBLE_CACHE:-~/.cache/ensemble}")


#: The stacks that `auto` chooses from, besides each single member.
STACK_FORMS = ("mean", "nnls", "ridge", "huber")

#: The stacks that are not named by a regressor's class.
BUILT_IN = ("auto", *STACK_FORMS)


class StackSpec(Section):
    """How the members' predictions are combined."""

    method: str = "auto"
    """`auto`, `mean`, `nnls`, `ridge`, `huber`, or a regressor of scikit-learn by its class name.

    `nnls` is non-negative least squares with an intercept; `huber` is robust to a few photos that
    all members get wrong; `auto` is whichever of these four, or of the single members, has the
    least error on folds that it was not fitted on.
    """
    parameters: dict[str, Any] = {}
    """Of the regressor, as in scikit-learn; of `ridge`, those of RidgeCV."""

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        return {"method": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _check_method(self) -> StackSpec:
        if self.method == "ridge":
            catalog.check_parameters("RidgeCV", self.parameters)
        elif self.method in BUILT_IN:
            if self.parameters:
                raise ValueError(f"parameters: {self.method} takes none; leave them out")
        elif self.method not in catalog.names():
            methods = [*BUILT_IN, *catalog.names()]
            raise ValueError(f"there is no stack {self.method!r}; {nearest(self.method, methods)}")
        else:
            catalog.check_parameters(self.method, self.parameters)
        return self

    @property
    def is_fitted(self) -> bool:
        """Whether it is fitted on the out-of-fold table, so that its score has to be nested."""
        return self.method != "mean"


class Score(Section):
    """The photos that the leaderboard's score is computed on."""

    set_aside_above: Finite | None = None
    """The stack and its score leave out photos with a larger target.

    The heads are fitted on them too, and the score over all photos is reported as well.
    """


class IntervalsSpec(Section):
    """Prediction intervals; see ``ensemble.scoring.intervals``."""

    coverage: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """The share of new photos whose target lies in its interval."""


class Config(Section):
    """The config of one experiment."""

    data: Data
    """The photos and their tables."""
    backbones: tuple[BackboneEntry, ...]
    """The networks, and the heads that learn from each."""
    joint: tuple[JointEntry, ...] = ()
    """Heads that learn from several networks at once."""
    folds: FoldsSpec = FoldsSpec()
    """How the photos are split."""
    stack: StackSpec = StackSpec()
    """How predictions of several heads become one; the name of a method, or a mapping."""
    score: Score = Score()
    """What the leaderboard is computed on."""
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
        check_names([backbone.name for backbone in backbones], "backbones", needed=True)
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
        members = [f"{one.name}.{head.name}" for one in self._entries() for head in one.heads]
        if self.data.columns.name in members:
            raise ValueError(
                f"data.columns.name: {self.data.columns.name!r} is the column of a member's "
                "predictions, beside the names; rename it in the tables, or give the head a name"
            )
        return self

    @property
    def least_folds(self) -> int:
        """The fewest folds that the stack can be scored on."""
        return 3 if self.stack.is_fitted else 2

    def _entries(self) -> list[BackboneEntry | JointEntry]:
        return [*self.backbones, *self.joint]

    def _regressors(self) -> list[str]:
        """Return the regressors of all heads, and of a stack that scikit-learn defines."""
        named = [head.head for one in self._entries() for head in one.heads]
        return named if self.stack.method in BUILT_IN else [*named, self.stack.method]

    @property
    def cache(self) -> Path:
        return Path(self.cache_dir).expanduser()

"""What a config file may say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, field_validator, model_validator

from backbones.engines import EngineChoice
from backbones.networks.spec import BackboneSpec
from backbones.section import Section, nearest
from ensemble import heads
from ensemble.config.data import Data, Positive
from ensemble.config.settings import expand
from ensemble.heads import HeadSpec, catalog, takes_maps


def default_cache() -> str:
    """Where features and heads are kept: ENSEMBLE_CACHE, or a folder in the home."""
    return expand("${ENSEMBLE_CACHE:-~/.cache/ensemble}")


class FoldsSpec(Section):
    """How the photos are split."""

    method: Literal["kfold", "stratified", "group"] = "kfold"
    n: Annotated[StrictInt, Field(ge=2, le=100)] = 5
    repeats: Annotated[StrictInt, Field(ge=1, le=100)] = 1
    #: A nested score fits each head without every pair of folds; with 1, only without those that
    #: stand side by side in a ring, so that fewer heads are fitted, and the stack that predicts a
    #: fold learns from its two neighbours in place of all others. With 2, from four, and so on.
    neighbours: Positive | None = None


#: The forms that `auto` chooses from, beside each member alone.
STACK_FORMS = ("mean", "nnls", "ridge", "huber")

#: The stacks that are no regressor's class name.
_BUILT_IN = ("auto", *STACK_FORMS)


class StackSpec(Section):
    """How the members' predictions become one.

    ``mean``, ``nnls`` (non-negative least squares with an intercept), ``ridge``, ``huber`` (a few
    photos that all members get wrong count less), any scikit-learn regressor by its class name, or
    ``auto``: whichever of the first four, or of the members alone, has the least error on folds it
    was not fitted on.
    """

    method: str = "auto"
    parameters: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        return {"method": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _check_method(self) -> StackSpec:
        if self.method == "ridge":
            catalog.check_parameters("RidgeCV", self.parameters)
        elif self.method in _BUILT_IN:
            if self.parameters:
                raise ValueError(f"parameters: {self.method} takes none")
        elif self.method not in catalog.names():
            known = [*_BUILT_IN, *catalog.names()]
            raise ValueError(f"there is no stack {self.method!r}; {nearest(self.method, known)}")
        else:
            catalog.check_parameters(self.method, self.parameters)
        return self

    @property
    def is_fitted(self) -> bool:
        """Whether it learns from the table, so that its score has to be nested."""
        return self.method != "mean"


class Score(Section):
    """What the leaderboard is ordered by."""

    #: Photos with a larger target teach the heads, but neither the stack nor its score; the score
    #: over all photos stands beside it.
    set_aside_above: float | None = None


class IntervalsSpec(Section):
    """Between which ends the truth of a prediction lies; see ``ensemble.scoring.intervals``."""

    #: The share of new photos whose target lies in its interval.
    coverage: Annotated[float, Field(gt=0, lt=1)] = 0.9


class BackboneEntry(BackboneSpec):
    """A backbone and the heads that are trained on its features."""

    heads: tuple[HeadSpec, ...]

    @field_validator("heads")
    @classmethod
    def _check_names_unique(cls, heads: tuple[HeadSpec, ...]) -> tuple[HeadSpec, ...]:
        _check_names([head.name for head in heads], "heads of one backbone")
        return heads

    @model_validator(mode="after")
    def _check_heads_suit_features(self) -> BackboneEntry:
        unlike = [one.name for one in self.heads if takes_maps(one.head) != self.keeps_maps]
        if unlike and self.keeps_maps:
            raise ValueError(
                f"pooling: none keeps maps, of which {', '.join(unlike)} can make nothing; give "
                "these heads an entry of their own, with another pooling"
            )
        if unlike:
            raise ValueError(
                f"pooling: {', '.join(unlike)} needs whole maps; give it an entry of its own, "
                "with pooling: none"
            )
        return self


class Config(Section):
    """One experiment."""

    data: Data
    backbones: tuple[BackboneEntry, ...]
    folds: FoldsSpec = FoldsSpec()
    stack: StackSpec = StackSpec()
    score: Score = Score()
    intervals: IntervalsSpec = IntervalsSpec()
    seed: StrictInt = 0
    engine: EngineChoice = "auto"  #: runs the networks; OpenVINO is the fastest on a CPU
    cache_dir: str = Field(default_factory=default_cache)

    @field_validator("backbones")
    @classmethod
    def _check_names_unique(cls, backbones: tuple[BackboneEntry, ...]) -> tuple[BackboneEntry, ...]:
        _check_names([backbone.name for backbone in backbones], "backbones")
        return backbones

    @model_validator(mode="after")
    def _check_consistency(self) -> Config:
        if self.folds.method == "group" and self.data.columns.group is None:
            raise ValueError("folds.method: group needs data.columns.group")
        if self.folds.n == 2 and self.stack.is_fitted:
            raise ValueError("folds.n: a stack that learns needs 3 folds or more, or stack: mean")
        if self.data.columns.weight is not None:
            weightless = [name for name in self._regressors() if not heads.takes_weights(name)]
            if weightless:
                raise ValueError(
                    f"data.columns.weight: {', '.join(weightless)} take no weights; leave out the "
                    "column or these heads"
                )
        return self

    def _regressors(self) -> list[str]:
        """The names of all heads, and of a stack that is a regressor of scikit-learn."""
        named = [head.head for backbone in self.backbones for head in backbone.heads]
        return named if self.stack.method in _BUILT_IN else [*named, self.stack.method]

    @property
    def cache(self) -> Path:
        return Path(self.cache_dir).expanduser()


def _check_names(names: list[str], what: str) -> None:
    if not names:  # a Field's min_length would also count those that are not sound
        raise ValueError(f"{what}: at least one is needed")
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(f"{what} need different names; given more than once: {', '.join(doubles)}")

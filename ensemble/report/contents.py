"""All that a report shows, as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from backbones.plural import many
from ensemble.metric import Metric
from ensemble.scoring.scores import Error, Measured, other_errors
from ensemble.stacking.blocks import Block, only_scored


@dataclass(frozen=True)
class Score:
    """A row of the leaderboard; RMSE and MAE are in the target's unit."""

    name: str
    kind: str  #: stack, member or reference
    rmse: float
    standard_error: float  #: of the RMSE
    low: float | None  #: ends of the 95 % interval of the metric; None in runs that have none
    high: float | None
    mae: float
    rmse_all: float | None  #: with the photos that are set aside; None where none may be
    weight: float | None  #: of a member in the stack; None where it is not a weighted sum
    measured: Measured  #: by the metric that decides

    @property
    def others(self) -> dict[str, Error]:
        """What stands beside the metric, by what people call it."""
        return other_errors(self.measured, self.rmse, self.standard_error, self.mae)


@dataclass(frozen=True)
class Gain:
    """How far the stack is ahead of another."""

    over: str
    size: float  #: of RMSE: of the mean squared error; else of the metric
    standard_error: float


@dataclass(frozen=True)
class Level:
    """Photos of about the same prediction."""

    low: float
    high: float
    photos: int
    bias: float  #: mean of prediction less target
    standard_error: float  #: of the bias
    rmse: float


@dataclass(frozen=True)
class Covered:
    """How many targets lie in the intervals of a group of photos."""

    group: str
    share: float
    width: float | None  #: mean; None if one is endless
    photos: int


@dataclass(frozen=True)
class FoldScore:
    """The stack's score on the photos of one fold."""

    fold: int
    photos: int
    value: float  #: of the metric
    standard_error: float


@dataclass(frozen=True)
class Curve:
    """A training curve of a head: one value an epoch."""

    member: str
    name: str
    left_out: str  #: the folds that the fit left out; empty for the final head
    values: tuple[float, ...]


@dataclass(frozen=True)
class PhotoView:
    """A photo that is shown, with what the stack said of it unseen."""

    name: str
    target: float
    predicted: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Finding:
    """Something to look at."""

    code: str
    title: str
    seen: str
    advice: str
    serious: bool = False  #: whether the scores or predictions may be misleading
    photos: tuple[str, ...] = ()  #: names of the first ones it is about


@dataclass(frozen=True)
class Contents:
    """A report."""

    title: str
    sentence: str  #: what was trained on what
    unit: str
    findings: tuple[Finding, ...]
    scores: tuple[Score, ...]  #: best first
    set_aside_above: float | None
    gains: tuple[Gain, ...]
    target: tuple[float, ...]  #: of each photo, in the order of the names
    predicted: tuple[float, ...]
    levels: tuple[Level, ...]
    coverage: float  #: that the intervals aim at
    covered: tuple[Covered, ...]
    places: tuple[str, ...]  #: how well parts of photos are counted and objects found, in words
    members: tuple[str, ...]
    correlation: tuple[tuple[float | None, ...], ...]  #: of the members' errors
    folds: tuple[FoldScore, ...]
    blocks: tuple[Block, ...]  #: of time; none where folds are others
    curves: tuple[Curve, ...]
    times: tuple[tuple[str, float], ...]  #: stage, seconds
    worst: tuple[PhotoView, ...]
    typical: tuple[PhotoView, ...]
    best: tuple[PhotoView, ...]
    config: str
    versions: tuple[tuple[str, str], ...]
    command: str
    columns: tuple[str, ...] = ()  #: that heads take beside the photos
    noun: str = "photo"  #: what was predicted: photos, or items of several

    @property
    def things(self) -> str:
        """Several of what was predicted."""
        return many(self.noun)

    @property
    def stack(self) -> Score:
        return next(one for one in self.scores if one.kind == "stack")

    @property
    def scored(self) -> tuple[Block, ...]:
        """The blocks of time that the scores are of."""
        return only_scored(self.blocks)

    @property
    def metric(self) -> Metric:
        """What decides."""
        return Metric(self.stack.measured.metric)

    @property
    def shown(self) -> list[str]:
        """The names of all photos that the page shows, each once."""
        views = (*self.worst, *self.typical, *self.best)
        return names_shown(self.findings, [view.name for view in views])

    def to_json(self) -> str:
        """As a JSON object with these keys; numbers that are endless are null."""
        return as_json(asdict(self))


def names_shown(findings: Sequence[Finding], names: Sequence[str]) -> list[str]:
    """The names of the photos of findings, and others that a page shows, each once."""
    named = [name for one in findings for name in one.photos]
    return list(dict.fromkeys([*named, *names]))


def as_json(content: dict[str, Any]) -> str:
    """A JSON object with these keys; numbers that are endless are null."""
    return json.dumps(_finite(content), indent=1, ensure_ascii=False) + "\n"


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _finite(one) for name, one in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(one) for one in content]
    if isinstance(content, float) and not abs(content) < float("inf"):
        return None
    return content

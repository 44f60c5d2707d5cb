"""All that a report of new photos shows, as plain data, and how it is computed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from backbones.plural import count, many
from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.report.checks import NEW_CHECKS
from ensemble.report.contents import Finding, as_json, names_shown
from ensemble.report.predicted import Predicted
from ensemble.scoring.scores import Scores

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

#: Photos of a kind that are shown.
_EACH = 12

#: Bars of a distribution, and the share of numbers at each end that its range leaves out.
_BARS, _LEFT_OUT = 40, 0.005

#: What the two ends of a row of quantiles, and those between, are.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class NewPhoto:
    """A new photo, and what is said of it."""

    name: str
    predicted: float
    lower: float
    upper: float
    novelty: float | None


@dataclass(frozen=True)
class Group:
    """The numbers of one kind of photos."""

    name: str
    photos: int
    mean: float
    quantiles: tuple[float, ...]  #: see ``QUANTILES``
    shares: tuple[float, ...]  #: of its photos in each bar; what lies beyond is in the last ones


@dataclass(frozen=True)
class Distribution:
    """Groups over the same bars."""

    edges: tuple[float, ...]  #: of the bars, one more than these
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Outlook:
    """A report of new photos."""

    title: str
    sentence: str
    unit: str
    findings: tuple[Finding, ...]
    scores: Scores | None
    targets: Distribution  #: of the fit, of its predictions out of fold, and of the new ones
    novelty: Distribution | None  #: of photos of the fit and of the new ones
    far: float | None  #: share of the new photos beyond 1
    certain: tuple[NewPhoto, ...]
    uncertain: tuple[NewPhoto, ...]
    farthest: tuple[NewPhoto, ...]
    noun: str = "photo"  #: what was predicted: photos, or items of several

    @property
    def things(self) -> str:
        """Several of what was predicted."""
        return many(self.noun)

    @property
    def shown(self) -> list[str]:
        """The names of all photos that the page shows, each once."""
        views = (*self.certain, *self.uncertain, *self.farthest)
        return names_shown(self.findings, [view.name for view in views])

    def to_json(self) -> str:
        """As a JSON object with these keys; numbers that are endless are null."""
        return as_json(asdict(self))


def look_at(evidence: Predicted, findings: tuple[Finding, ...] | None = None) -> Outlook:
    """Compute all that a report of new photos shows, but for its pictures.

    `findings` are those of ``find_in``, where they are known already.
    """
    photos = count(len(evidence.table), f"new {evidence.noun}")
    novelty = evidence.novelty
    order = np.lexsort(
        [np.zeros(len(evidence.table)) if novelty is None else novelty, evidence.width]
    )
    each = min(_EACH, max(1, len(order) // 2))
    far = order[:0] if novelty is None else np.argsort(-novelty, kind="stable")[:each]
    view = partial(_views, evidence)
    return Outlook(
        title=f"{evidence.unit} of {photos}",
        sentence=_sentence(evidence, photos),
        unit=evidence.unit,
        findings=find_in(evidence) if findings is None else findings,
        scores=evidence.scores,
        targets=_targets(evidence),
        novelty=_novelty(evidence),
        far=None if novelty is None else float((novelty > 1).mean()),
        certain=view(order[:each]),
        uncertain=view(order[::-1][:each] if len(order) > 1 else order[:0]),
        farthest=view(far),
        noun=evidence.noun,
    )


def find_in(evidence: Predicted) -> tuple[Finding, ...]:
    """What the checks of new photos found, the serious first."""
    found = [finding for check in NEW_CHECKS if (finding := check(evidence)) is not None]
    return tuple(sorted(found, key=lambda one: not one.serious))


def _sentence(evidence: Predicted, photos: str) -> str:
    rejected = ""
    if evidence.rejected:
        rejected = f"; {count(evidence.rejected, 'other', 'is')} not shown, as they cannot be used"
    return (
        f"{photos}, predicted by {evidence.run}, which was fitted on "
        f"{count(len(evidence.known), evidence.noun)}{rejected}."
    )


def _targets(evidence: Predicted) -> Distribution:
    target = evidence.known["target"].to_numpy()
    groups = {
        "targets of the fit": target,
        "predictions of the fit": evidence.known[STACK].dropna().to_numpy(),
        "new predictions": evidence.table[STACK].to_numpy(),
    }
    return _distribution(groups, whole=bool((target == target.round()).all()))


def _novelty(evidence: Predicted) -> Distribution | None:
    novelty = evidence.novelty
    if novelty is None or evidence.own is None:
        return None
    things = many(evidence.noun)
    return _distribution({f"{things} of the fit": evidence.own, f"new {things}": novelty})


def _distribution(groups: dict[str, Numbers], whole: bool = False) -> Distribution:
    ends = [np.quantile(one, [_LEFT_OUT, 1 - _LEFT_OUT]) for one in groups.values()]
    low, high = float(np.min(ends)), float(np.max(ends))
    edges = _edges(low, high, whole)
    return Distribution(
        tuple(edges.tolist()),
        tuple(
            Group(
                name,
                len(one),
                float(one.mean()),
                tuple(np.quantile(one, QUANTILES).tolist()),
                tuple((_count(one, edges) / len(one)).tolist()),
            )
            for name, one in groups.items()
        ),
    )


def _edges(low: float, high: float, whole: bool) -> Numbers:
    """Ends of bars over a range; between numbers where all are `whole`, lest bars stay empty."""
    if whole:
        step = max(1, round((high - low) / _BARS))
        return np.arange(np.floor(low) - 0.5, np.ceil(high) + step, step)
    return np.linspace(low, high if high > low else low + 1, _BARS + 1)


def _count(values: Numbers, edges: Numbers) -> Rows:
    return np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]


def _views(evidence: Predicted, rows: Rows) -> tuple[NewPhoto, ...]:
    table, novelty = evidence.table.iloc[rows], evidence.novelty
    far = [None] * len(rows) if novelty is None else novelty[rows].tolist()
    numbers = table[[STACK, LOWER, UPPER]].astype(float).itertuples(name=None)
    return tuple(
        NewPhoto(str(name), predicted, lower, upper, one)
        for (name, predicted, lower, upper), one in zip(numbers, far, strict=True)
    )

"""The stacking regressor on the out-of-fold table, with nested predictions for its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from backbones.errors import InputError
from backbones.plural import count
from ensemble import heads
from ensemble.config.stack import BUILT_IN, StackSpec
from ensemble.metric import RMSE, Metric
from ensemble.stacking import forms
from ensemble.stacking.complaints import name_errors, refuse_no_numbers
from ensemble.stacking.folds import Rows
from ensemble.stacking.outoffold import OutOfFold, Split
from ensemble.stacking.rounding import Rounded, Rounding

Numbers = npt.NDArray[np.float64]


#: Least number of rows to fit a stack on.
_LEAST = 2


@dataclass(frozen=True)
class StackLabels:
    """Target, weight and whether it is scored of each photo; the stack is fitted on scored photos.

    A few photos with extreme targets (crowds) would otherwise dominate the fit.
    """

    target: Numbers
    weight: Numbers | None
    scored: npt.NDArray[np.bool_]
    metric: Metric = RMSE  #: what decides

    def take(self, photos: Rows) -> StackLabels:
        weight = None if self.weight is None else self.weight[photos]
        return StackLabels(self.target[photos], weight, self.scored[photos], self.metric)

    @property
    def counts(self) -> npt.NDArray[np.bool_]:
        """Which photos count: those that are scored and have a weight above 0."""
        return self.scored if self.weight is None else self.scored & (self.weight > 0)

    def error(self, predictions: Numbers) -> float:
        """Return the mean loss of predictions (n,) over the scored photos, by the metric."""
        return self.metric.error(predictions, self.target, self._counted)

    def value(self, predictions: Numbers) -> float:
        """The metric's value of predictions (n,) over the scored photos."""
        return self.metric.value(self.error(predictions), self.target, self._counted)

    @property
    def _counted(self) -> Any:
        """The weight of each photo in the score; True or False where photos have none."""
        return self.scored if self.weight is None else self.weight * self.scored


@dataclass(frozen=True)
class Stack:
    """A fitted stack and its nested predictions, of photos that neither heads nor stack saw."""

    form: str  #: as the config names it, or the single member that it is
    regressor: Any  #: fitted on the whole table: (n, members) -> (n,)
    nested: Numbers  #: float64 (rows,), for the rows of ``OutOfFold.scored``
    rounding: Rounding | None = None  #: what came of rounding, where it was asked for

    def round(self, scored: OutOfFold, labels: StackLabels) -> Stack:
        """Predict whole numbers if the nested score is better so.

        The choice is one of two by a score over all photos, which it can better by chance by far
        less than its standard error.
        """
        rows, whole = labels.take(scored.photo), np.rint(self.nested)
        better = rows.error(whole) < rows.error(self.nested)
        found = Rounding(better, rows.value(whole), rows.value(self.nested))
        if not better:
            return replace(self, rounding=found)
        return Stack(self.form, Rounded.of(self.regressor), whole, found)


def fit_stack(spec: StackSpec, table: OutOfFold, labels: StackLabels, seed: int) -> Stack:
    """Fit the stack on the out-of-fold table, and predict each of its scored rows nested.

    With ``auto``, if the nested error of the stack exceeds the error of the best member, that
    member alone becomes the stack.
    """
    rows, scored = labels.take(table.photo), table.scored(spec.is_fitted)
    nested = _nested_predictions(spec, table, scored, labels, seed)
    form, regressor = _fit(spec, table.members, table.predictions, rows, table.splits(), seed)
    if spec.method == "auto":
        counted = labels.take(scored.photo)
        errors = [counted.error(column) for column in scored.predictions.T]
        best = int(np.argmin(errors))
        if errors[best] < counted.error(nested):
            single = forms.Single(best).fit(table.predictions, rows.target)
            return Stack(table.members[best], single, scored.predictions[:, best])
    return Stack(form, regressor, nested)


def _nested_predictions(
    spec: StackSpec, table: OutOfFold, scored: OutOfFold, labels: StackLabels, seed: int
) -> Numbers:
    """Predict each scored fold by heads and a stack that were chosen and fitted without it.

    This is ``cross_val_predict`` of a ``StackingRegressor``, with heads shared between folds. Of
    ordered folds, they were chosen and fitted on earlier ones.
    """
    if not spec.is_fitted:
        mean: Numbers = scored.predictions.mean(axis=1)
        return mean
    nested = np.empty(len(scored.fold))
    for fold in np.unique(scored.fold):
        rows, inner, splits = table.excluding(int(fold))
        outside = labels.take(table.photo[rows])
        _, stack = _fit(spec, table.members, inner, outside, splits, seed)
        held_out = scored.fold == fold
        with name_errors(f"stack: {spec.method} cannot predict"):
            nested[held_out] = stack.predict(scored.predictions[held_out])
    refuse_no_numbers("stack", nested)
    return nested


def _fit(
    spec: StackSpec,
    members: Sequence[str],
    predictions: Numbers,
    labels: StackLabels,
    splits: list[Split],
    seed: int,
) -> tuple[str, Any]:
    """Choose the form of least error on the held-out rows of `splits`; fit it on scored rows.

    Where no split has rows to train on, as in the first of ordered folds, it is one of those that
    nothing is fitted of.
    """
    rows = np.flatnonzero(labels.counts)
    if len(rows) < _LEAST:
        raise InputError(
            f"stack: only {count(len(rows), 'photo', 'is')} outside of a fold, or predicted before "
            "it, not set aside and of a weight above 0; more photos, fewer folds, or stack: mean"
        )
    predictions, labels, splits = predictions[rows], labels.take(rows), _restrict(rows, splits)
    weights = {} if labels.weight is None else {"sample_weight": labels.weight}
    candidates = _candidates(spec, members, seed, labels)
    if len(candidates) > 1 and not splits:
        candidates = {name: form for name, form in candidates.items() if forms.is_fixed(form)}
        splits = [(np.arange(len(rows)), np.arange(len(rows)))]
    name = next(iter(candidates))
    if len(candidates) > 1:
        errors = {
            candidate: _held_out_error(form, predictions, labels, splits)
            for candidate, form in candidates.items()
        }
        name = min(errors, key=errors.__getitem__)
    with name_errors(f"stack: {name} cannot be fitted on the members' predictions"):
        return name, candidates[name].fit(predictions, labels.target, **weights)


def _restrict(rows: Rows, splits: list[Split]) -> list[Split]:
    """Restrict splits to these rows, as positions among them; those without a side are left out."""
    restricted = [
        (np.flatnonzero(np.isin(rows, training)), np.flatnonzero(np.isin(rows, held_out)))
        for training, held_out in splits
    ]
    return [split for split in restricted if all(map(len, split))]


def _held_out_error(
    form: Any, predictions: Numbers, labels: StackLabels, splits: list[Split]
) -> float:
    """The error of a regressor on the held-out rows of splits: of all, unless they are ordered."""
    found, rows = np.empty(len(predictions)), np.zeros(len(predictions), dtype=bool)
    for training, held_out in splits:
        known = labels.take(training)
        weights = {} if known.weight is None else {"sample_weight": known.weight}
        fitted = clone(form).fit(predictions[training], known.target, **weights)
        found[held_out], rows[held_out] = fitted.predict(predictions[held_out]), True
    return labels.take(np.flatnonzero(rows)).error(found[rows])


def _candidates(
    spec: StackSpec, members: Sequence[str], seed: int, labels: StackLabels
) -> dict[str, Any]:
    """Return the unfitted regressors that the stack is chosen from, by name."""
    if spec.method != "auto":
        return {spec.method: _build(spec, seed)}
    suited = forms.suited(labels.metric.name, labels.target)
    candidates = {form: forms.build(form) for form in suited}
    return candidates | {member: forms.Single(column) for column, member in enumerate(members)}


def _build(spec: StackSpec, seed: int) -> Any:
    if spec.method in BUILT_IN:
        return forms.build(spec.method, spec.parameters)
    return heads.regressor(spec.method, spec.parameters, seed)

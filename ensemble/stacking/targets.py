"""Targets that a stack cannot be fitted on, named before anything is computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError, first_ten
from backbones.plural import part
from ensemble.config.stack import SUITED_FORMS, StackSpec
from ensemble.digits import format_given
from ensemble.metric import RMSE, Metric

Numbers = npt.NDArray[np.float64]
Strings = npt.NDArray[np.str_]

#: The targets that a form needs, where it does not take all.
_NEEDED = {"relative": "that are not 0", "relative_log": "above 0", "log": "above -1"}


def refuse_unsuited(names: Strings, target: Numbers, spec: StackSpec) -> None:
    """Raise an ``InputError`` with the targets (n,) that the stack makes no sense of, by name.

    These are targets without a logarithm, or of 0, for a form that needs more, and broken numbers
    where predictions are to be whole ones.
    """
    wrong = _unsuited(target, spec.method)
    if wrong.any():
        raise InputError(
            f"stack: {spec.method} needs targets {_NEEDED[spec.method]}, and "
            f"{part(int(wrong.sum()), len(target), 'target', 'is')} not; take another form, or "
            "leave these out of the table:",
            show_targets(names, target, wrong),
        )
    broken = target != np.rint(target)
    if spec.round and broken.any():
        raise InputError(
            f"stack.round: predictions can be whole numbers where all targets are, and "
            f"{part(int(broken.sum()), len(target), 'target', 'is')} not; mend these, or leave "
            "stack.round out:",
            show_targets(names, target, broken),
        )


def _unsuited(target: Numbers, form: str) -> npt.NDArray[np.bool_]:
    """Which targets (n,) a form cannot be fitted on: mostly those that its metric cannot take."""
    if form == "relative_log":
        return target <= 0
    suited = (metric for metric, forms in SUITED_FORMS.items() if form in forms)
    return Metric(next(suited, RMSE.name)).unusable(target)


def show_targets(names: Strings, target: Numbers, wrong: npt.NDArray[np.bool_]) -> list[str]:
    """The photos whose targets (n,) are wrong, each with its own; see ``first_ten``."""
    shown = zip(names[wrong], target[wrong].tolist(), strict=True)
    return first_ten([f"{name}: {format_given(number)}" for name, number in shown])

"""Targets that a stack cannot be fitted on, named before anything is computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError, first_ten
from backbones.plural import part
from ensemble.config.stack import StackSpec
from ensemble.digits import format_given

Numbers = npt.NDArray[np.float64]
Strings = npt.NDArray[np.str_]


def refuse_unsuited(names: Strings, target: Numbers, spec: StackSpec) -> None:
    """Raise an ``InputError`` with the targets (n,) that the stack makes no sense of, by name.

    These are targets without a logarithm, or of 0, for a form that needs more, and broken numbers
    where predictions are to be whole ones.
    """
    wrong, needed = _wrong(target, spec.method)
    if wrong.any():
        raise InputError(
            f"stack: {spec.method} needs targets {needed}, and "
            f"{part(int(wrong.sum()), len(target), 'target', 'is')} not; take another form, or "
            "leave these out of the table:",
            _shown(names, target, wrong),
        )
    broken = target != np.rint(target)
    if spec.round and broken.any():
        raise InputError(
            f"stack.round: predictions can be whole numbers where all targets are, and "
            f"{part(int(broken.sum()), len(target), 'target', 'is')} not; mend these, or leave "
            "stack.round out:",
            _shown(names, target, broken),
        )


def _wrong(target: Numbers, form: str) -> tuple[npt.NDArray[np.bool_], str]:
    """Which targets (n,) a form cannot be fitted on, and what it needs."""
    if form == "relative":
        return target == 0, "that are not 0"
    if form == "relative_log":
        return target <= 0, "above 0"
    return (target <= -1, "above -1") if form == "log" else (np.zeros(len(target), dtype=bool), "")


def _shown(names: Strings, target: Numbers, wrong: npt.NDArray[np.bool_]) -> list[str]:
    shown = zip(names[wrong], target[wrong].tolist(), strict=True)
    return first_ten([f"{name}: {format_given(number)}" for name, number in shown])

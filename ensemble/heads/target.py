"""Transformations of the target for heads, and their inverses."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.plural import part
from ensemble.digits import format_given

Values = npt.NDArray[np.float64]
Target = Literal["none", "log1p", "sqrt"]


def wrap(head: Any, target: Target) -> Any:
    """Wrap `head` to be fitted on the transformed target and to predict in the target's unit.

    Its ``fit`` raises an ``InputError`` if a value of the target cannot be transformed.
    """
    if target == "none":
        return head
    from sklearn.compose import TransformedTargetRegressor

    transform, inverse = _SCALES[target]
    # The check would evaluate the inverse on some rows in every fit; a test does so once.
    return TransformedTargetRegressor(
        head, func=transform, inverse_func=inverse, check_inverse=False
    )


def log1p(y: Values) -> Values:
    """Return log(1 + y), for y above -1."""
    _refuse(y, y <= -1, "log1p", "above -1")
    return np.log1p(y)


def expm1(z: Values) -> Values:
    """Return exp(z) - 1, the inverse of ``log1p``."""
    return np.expm1(z)


def sqrt(y: Values) -> Values:
    """Return the square root, for y of 0 or above."""
    _refuse(y, y < 0, "sqrt", "0 or above")
    return np.sqrt(y)


def square(z: Values) -> Values:
    """Return sign(z) z^2, the inverse of ``sqrt``; it keeps the order of negative predictions."""
    return np.sign(z) * np.square(z)


_SCALES = {"log1p": (log1p, expm1), "sqrt": (sqrt, square)}


def _refuse(y: Values, wrong: npt.NDArray[np.bool_], target: Target, needed: str) -> None:
    if wrong.any():
        refused = part(int(np.count_nonzero(wrong)), y.size, "value", "is")
        raise InputError(
            f"target: {target} needs a target {needed}, but {refused} not "
            f"(the smallest is {format_given(np.min(y))}); set target: none"
        )

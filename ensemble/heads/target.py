"""The scale on which a head learns the target, and the way back."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError

Values = npt.NDArray[np.float64]
Target = Literal["none", "log1p", "sqrt"]


def wrap(head: Any, target: Target) -> Any:
    """`head` as a regressor that learns on the scale `target` and predicts in the target's unit.

    Fitting it raises an ``InputError`` where the scale cannot hold a value of the target.
    """
    if target == "none":
        return head
    from sklearn.compose import TransformedTargetRegressor

    there, back = _SCALES[target]
    # The check would evaluate the inverse on some rows of every fit; the tests do so once.
    return TransformedTargetRegressor(head, func=there, inverse_func=back, check_inverse=False)


def log1p(y: Values) -> Values:
    """log(1 + y), for y above -1."""
    _refuse(y, y <= -1, "log1p", "above -1")
    return np.log1p(y)


def expm1(z: Values) -> Values:
    """exp(z) - 1: undoes ``log1p``."""
    return np.expm1(z)


def sqrt(y: Values) -> Values:
    """The square root, for y from 0."""
    _refuse(y, y < 0, "sqrt", "0 or above")
    return np.sqrt(y)


def square(z: Values) -> Values:
    """sign(z) z^2: undoes ``sqrt``, and keeps the order of predictions below 0."""
    return np.sign(z) * np.square(z)


_SCALES = {"log1p": (log1p, expm1), "sqrt": (sqrt, square)}


def _refuse(y: Values, wrong: npt.NDArray[np.bool_], target: Target, needed: str) -> None:
    count = np.count_nonzero(wrong)
    if count:
        raise InputError(
            f"target: {target} needs a target {needed}, but {count} of {y.size} values are not "
            f"(the smallest is {np.min(y):g}); set target: none"
        )

"""What a head can be: the project's own, and scikit-learn's regressors by class name."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import Any

from backbones.errors import InputError
from backbones.section import nearest

#: The project's own heads: module and class, imported when asked for.
OWN = {
    "ridge": ("ensemble.heads.ridge", "RidgeLOO"),
    "svr": ("ensemble.heads.svr", "KernelSVR"),
    "mlp": ("ensemble.heads.mlp", "MLP"),
    "density": ("ensemble.heads.density", "Density"),
}

_SEVERAL_TARGETS = "it predicts several targets at once"

#: Regressors of scikit-learn that cannot be a head, and why. Those that are made of other
#: estimators are recognised by their constructor.
REFUSED = {
    "CCA": _SEVERAL_TARGETS,
    "MultiTaskElasticNet": _SEVERAL_TARGETS,
    "MultiTaskElasticNetCV": _SEVERAL_TARGETS,
    "MultiTaskLasso": _SEVERAL_TARGETS,
    "MultiTaskLassoCV": _SEVERAL_TARGETS,
    "PLSCanonical": _SEVERAL_TARGETS,
    "IsotonicRegression": "it takes a single feature",
    "TransformedTargetRegressor": "set target: log1p or target: sqrt on another head instead",
}

#: Parameters that a head must have. The search trees of neighbours cannot be archived, and lose
#: to brute force beyond some 15 features anyway.
FIXED = {
    "KNeighborsRegressor": {"algorithm": "brute"},
    "RadiusNeighborsRegressor": {"algorithm": "brute"},
}


def regressor_class(head: str) -> type[Any]:
    """The class of a head's regressor.

    Raises
    ------
    InputError
        There is no such regressor, or it cannot be a head.
    """
    if head in OWN:
        module, name = OWN[head]
        own: type[Any] = getattr(importlib.import_module(module), name)
        return own
    found = _sklearn_regressors()
    if head not in found:
        raise InputError(f"there is no head {head!r}; {nearest(head, [*OWN, *names()])}")
    reason = _refusal(head, found[head])
    if reason is not None:
        raise InputError(f"{head} cannot be a head: {reason}")
    return found[head]


def takes_maps(head: str) -> bool:
    """Whether the head of that name learns from whole maps, takes boxes, and says densities."""
    return getattr(regressor_class(head), "takes_maps", False)


def names() -> list[str]:
    """The regressors of scikit-learn that can be a head."""
    return [name for name, known in _sklearn_regressors().items() if _refusal(name, known) is None]


def check_parameters(head: str, parameters: dict[str, Any]) -> None:
    """Holds parameters against the constructor of the head's regressor and its allowed values.

    Raises
    ------
    InputError
        All unknown parameters at once, or the first value that is not allowed.
    """
    known = _constructor(regressor_class(head))
    unknown = [f"no parameter {key!r}; {nearest(key, known)}" for key in parameters.keys() - known]
    if unknown:
        raise InputError(f"{head} has {'; and '.join(sorted(unknown))}")
    for key, value in FIXED.get(head, {}).items():
        if parameters.get(key, value) != value:
            raise InputError(
                f"{head} must have {key}: {value}, not {parameters[key]!r}, to be saved; leave "
                f"{key} out"
            )
    try:
        regressor(head, parameters, seed=0)._validate_params()
    except ValueError as error:
        raise InputError(str(error)) from error


def regressor(head: str, parameters: dict[str, Any], seed: int) -> Any:
    """The unfitted regressor of a head, with `seed` as its ``random_state`` unless one is given."""
    chosen = regressor_class(head)
    seeded = {"random_state": seed} if "random_state" in _constructor(chosen) else {}
    return chosen(**{**seeded, **FIXED.get(head, {}), **parameters})


@cache
def _sklearn_regressors() -> dict[str, type[Any]]:
    from sklearn.utils.discovery import all_estimators  # imports most of scikit-learn: a second

    return dict(all_estimators(type_filter="regressor"))


def _refusal(head: str, known: type[Any]) -> str | None:
    if head in REFUSED:
        return REFUSED[head]
    required = [name for name, one in _constructor(known).items() if one.default is one.empty]
    if required:
        return f"it is made of other estimators ({', '.join(required)}), which no config can give"
    return None


def _constructor(known: type[Any]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(known).parameters)

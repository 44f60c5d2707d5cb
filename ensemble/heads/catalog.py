"""The available heads: the project's own, and scikit-learn's regressors by class name."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import Any

from backbones.errors import InputError
from backbones.section import nearest

#: Module and class of the project's own heads, imported on demand.
OWN = {
    "ridge": ("ensemble.heads.ridge", "RidgeLOO"),
    "svr": ("ensemble.heads.svr", "KernelSVR"),
    "mlp": ("ensemble.heads.mlp", "MLP"),
    "density": ("ensemble.heads.density", "Density"),
}

_SEVERAL_TARGETS = "it predicts several targets at once"

#: Regressors of scikit-learn that cannot be a head, and why. Meta-estimators are recognised by
#: their constructor.
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

#: Required parameters of heads. The search trees of nearest neighbours cannot be saved, and are
#: slower than brute force beyond some 15 features anyway.
FIXED = {
    "KNeighborsRegressor": {"algorithm": "brute"},
    "RadiusNeighborsRegressor": {"algorithm": "brute"},
}


def regressor_class(head: str) -> type[Any]:
    """Return the class of a head's regressor.

    Raises
    ------
    InputError
        There is no such regressor, or it cannot be a head.
    """
    if head in OWN:
        module, name = OWN[head]
        own: type[Any] = getattr(importlib.import_module(module), name)
        return own
    regressors = _sklearn_regressors()
    if head not in regressors:
        raise InputError(f"there is no head {head!r}; {nearest(head, [*OWN, *names()])}")
    reason = _refusal(head, regressors[head])
    if reason is not None:
        raise InputError(f"{head} cannot be a head: {reason}")
    return regressors[head]


def takes_maps(head: str) -> bool:
    """Return whether a head is fitted on whole maps and boxes, and predicts densities."""
    return getattr(regressor_class(head), "takes_maps", False)


def takes_columns(head: str) -> bool:
    """Return whether a head can be fitted on columns of a table: all but those of Keras."""
    return not (takes_maps(head) or getattr(regressor_class(head), "is_network", False))


def version(head: str) -> int:
    """Return the version of a head's fits, which its own class may raise; 1 if it says none."""
    return getattr(regressor_class(head), "version", 1)


def names() -> list[str]:
    """Return the names of scikit-learn's regressors that can be a head."""
    return [name for name, kind in _sklearn_regressors().items() if _refusal(name, kind) is None]


def check_parameters(head: str, parameters: dict[str, Any]) -> None:
    """Check parameters against the constructor of the head's regressor and its allowed values.

    Raises
    ------
    InputError
        All unknown parameters at once, or the first value that is not allowed.
    """
    allowed = _constructor(regressor_class(head))
    extra = parameters.keys() - allowed
    unknown = [f"no parameter {key!r}; {nearest(key, allowed)}" for key in extra]
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
    """Build the unfitted regressor of a head; `seed` is its ``random_state`` by default."""
    chosen = regressor_class(head)
    seeded = {"random_state": seed} if "random_state" in _constructor(chosen) else {}
    return chosen(**{**seeded, **FIXED.get(head, {}), **parameters})


@cache
def _sklearn_regressors() -> dict[str, type[Any]]:
    from sklearn.utils.discovery import all_estimators  # imports most of scikit-learn: a second

    return dict(all_estimators(type_filter="regressor"))


def _refusal(head: str, regressor_type: type[Any]) -> str | None:
    if head in REFUSED:
        return REFUSED[head]
    required = [name for name, p in _constructor(regressor_type).items() if p.default is p.empty]
    if required:
        return f"it is made of other estimators ({', '.join(required)}), which no config can give"
    return None


def _constructor(regressor_type: type[Any]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(regressor_type).parameters)

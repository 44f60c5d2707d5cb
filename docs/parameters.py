"""The parameters of a head, in JSON Schema, from the constraints that the head itself checks."""

from __future__ import annotations

import inspect
import math
import sys
from numbers import Integral, Real
from typing import Any

from docstring_parser import parse
from sklearn.utils._param_validation import (
    Hidden,
    Interval,
    MissingValues,
    Options,
)

from ensemble.heads import catalog

Schema = dict[str, Any]

_NULL: Schema = {"type": "null"}
_TRUTH: Schema = {"type": "boolean"}
_LIST: Schema = {"type": ["array", "object"]}

#: ``.inf``, for which JSON has no word.
_ENDLESS: Schema = {"type": "number", "exclusiveMinimum": sys.float_info.max}

#: The constraints that scikit-learn names by a word, as what YAML can say of them.
_WORDS: dict[str, list[Schema]] = {
    "array-like": [_LIST],
    "boolean": [_TRUTH],
    "cv_object": [{"type": "integer", "minimum": 2}, _LIST, _NULL],
    "random_state": [{"type": "integer", "minimum": 0, "maximum": 2**32 - 1}, _NULL],
    "verbose": [_TRUTH, {"type": "integer", "minimum": 0}],
}

_TYPES: dict[type, Schema] = {
    bool: _TRUTH,
    dict: {"type": "object"},
    int: {"type": "integer"},
    Integral: {"type": "integer"},
    list: {"type": "array"},
    Real: {"type": "number"},
    str: {"type": "string"},
}


def parameters(head: str) -> Schema:
    """Return the schema of the mapping ``parameters`` of a head.

    Sentences are those of the docstring, for heads of this project.

    >>> parameters("density")["properties"]["least_steps"]["minimum"]
    1
    """
    kind = catalog.regressor_class(head)
    sentences = _sentences(kind) if head in catalog.OWN else {}
    properties = {
        name: _value(head, kind, name) | _default(parameter) | sentences.get(name, {})
        for name, parameter in inspect.signature(kind).parameters.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _value(head: str, kind: type[Any], name: str) -> Schema:
    if name in catalog.FIXED.get(head, {}):
        return {"const": catalog.FIXED[head][name]}
    item = getattr(kind, "item_constraints", {}).get(name)
    if item is not None:
        return {"type": "array", "items": _of(item)[0]}
    constraints = kind._parameter_constraints.get(name, "no_validation")
    if constraints == "no_validation":
        return {}
    found = [schema for constraint in constraints for schema in _of(constraint)]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _of(constraint: Any) -> list[Schema]:
    """What of a constraint YAML can say; nothing of functions, matrices and objects."""
    if isinstance(constraint, Hidden):
        return _of(constraint.constraint)
    if constraint is None:
        return [_NULL]
    if isinstance(constraint, Interval):
        return [_interval(constraint)]
    if isinstance(constraint, Options):
        if constraint.options == {math.inf}:
            return [_ENDLESS]
        return [{"enum": sorted(constraint.options)}]
    if isinstance(constraint, MissingValues):
        return [{}]
    if isinstance(constraint, type):
        return [_TYPES[constraint]] if constraint in _TYPES else []
    return _WORDS.get(constraint, []) if isinstance(constraint, str) else []


def _interval(interval: Interval) -> Schema:
    least = "minimum" if interval.closed in ("left", "both") else "exclusiveMinimum"
    most = "maximum" if interval.closed in ("right", "both") else "exclusiveMaximum"
    ends = {least: interval.left, most: interval.right}
    kind = "integer" if interval.type is Integral else "number"
    return {"type": kind} | {key: end for key, end in ends.items() if end is not None}


def _default(parameter: inspect.Parameter) -> Schema:
    """What it is where a config says nothing; the seed of a head is the config's."""
    value = parameter.default
    if parameter.name == "random_state":
        return {}
    if isinstance(value, tuple):
        return {"default": list(value)}
    if isinstance(value, float):  # of NumPy, too
        return {"default": float(value)} if math.isfinite(value) else {}
    return {"default": value} if isinstance(value, str | int | list) else {}


def _sentences(kind: type[Any]) -> dict[str, Schema]:
    documented = parse(inspect.getdoc(kind) or "").params
    return {one.arg_name: {"description": one.description} for one in documented}

"""The clauses that conditions on a config are made of, in JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Schema = dict[str, Any]

#: Text with a variable of the environment, of which only a run knows what it stands for.
VARIABLE: Schema = {"$ref": "#/$defs/Variable"}

#: Nothing is said.
NONE: Schema = {"anyOf": [{"type": "null"}, VARIABLE]}


def when(holds: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    """Where the one holds, another does; and elsewhere a third."""
    return {"if": holds, "then": then} | ({} if otherwise is None else {"else": otherwise})


def has(key: str, values: Sequence[Any]) -> Schema:
    """It is said, and is one of these values."""
    return {"required": [key], "properties": {key: {"enum": list(values)}}}


def says(key: str) -> Schema:
    """It is said, and not null."""
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


def without(key: str) -> Schema:
    """It is not said, or null."""
    return {"properties": {key: NONE}}


def inside(key: str, schema: Schema) -> Schema:
    """It is said, and holds what the schema says."""
    return {"required": [key], "properties": {key: schema}}


def lists(key: str, item: Schema) -> Schema:
    """Each entry of it, if there is any, is as the schema says."""
    return {"properties": {key: {"items": item}}}


def names(key: str, values: Sequence[str]) -> Schema:
    """A name that is one of these, alone or in a mapping, as heads and stacks are named."""
    return {"anyOf": [{"enum": list(values)}, {"type": "object", **has(key, values)}]}


def either(*values: Any) -> Schema:
    """One of these values, or a variable."""
    return {"anyOf": [{"enum": list(values)}, VARIABLE]}

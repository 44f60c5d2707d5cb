"""What the sections of a config on photos and tables check across their keys, in JSON Schema."""

from __future__ import annotations

from docs.clauses import NONE, Schema, either, inside, says, when
from ensemble.config.columns import WRITTEN
from ensemble.config.features import KINDS


def data_conditions() -> dict[str, Schema]:
    """Return, by the name of a section's class, what its schema has to say besides its keys."""
    return {
        "Columns": {
            **_VIEW,
            "properties": {
                "name": {"not": {"enum": list(WRITTEN)}},
                "target": {
                    "anyOf": [
                        {"type": "string"},
                        {
                            "type": "array",
                            "items": {"type": "string"},
                            "minItems": 1,
                            "uniqueItems": True,
                        },
                    ]
                },
                "features": {"anyOf": [_LISTED, _DECLARED]},
                "item": {"not": {"enum": list(WRITTEN)}},
                "box": {"uniqueItems": True},
                "point": {"uniqueItems": True},
            },
        },
        "Data": {
            "allOf": [_OBJECTS, *_PARTS, _ITEMS, _TOLD_OF_ONE, _LIMITS],
            "properties": {"separator": {"pattern": _SEPARATOR}},
        },
    }


_OBJECTS = when(
    says("objects"),
    {"properties": {"boxes": NONE, "points": NONE, "render": {"type": "null"}}},
)

_PARTS = (
    when(says("areas"), {"anyOf": [says("boxes"), says("points"), says("objects")]}),
    when({"anyOf": [says("areas"), says("counts")]}, {"properties": {"render": {"type": "null"}}}),
)

_VIEW = when(says("view"), {"required": ["item"], "properties": {"item": {"type": "string"}}})

_ITEMS = when(
    inside("columns", says("item")),
    {
        "properties": dict.fromkeys(("boxes", "points", "objects", "areas", "counts"), NONE)
        | {"render": {"type": "null"}}
    },
)

#: Several targets are named.
SEVERAL = inside("columns", inside("target", {"type": "array", "minItems": 2}))

_TOLD_OF_ONE = when(
    SEVERAL,
    {
        "properties": {
            "boxes": NONE,
            "points": NONE,
            "objects": {"type": "null"},
            "areas": NONE,
            "counts": NONE,
            "render": {"type": "null"},
        }
    },
)

#: Only of several targets each has a number of its own.
ONE_NUMBER: Schema = {"not": {"type": "object"}}

_LIMITS = when({"not": SEVERAL}, {"properties": {"minimum": ONE_NUMBER, "maximum": ONE_NUMBER}})

#: One character, not a letter, a digit or a part of a number or of a quotation; or a tab's escape.
_SEPARATOR = r'^(\\t|[^0-9A-Za-z"\r\n\0.+_\ufeff-]|.*\$\{.*)$'

_LISTED: Schema = {
    "type": "array",
    "items": {"type": "string", "minLength": 1},
    "uniqueItems": True,
}

#: Columns and what each holds.
_DECLARED: Schema = {
    "type": "object",
    "propertyNames": {"minLength": 1},
    "additionalProperties": either(*KINDS),
}

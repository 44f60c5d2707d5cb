"""What the sections of a config check across their keys, in JSON Schema.

Each entry stands beside a check in a validator of its section; a test holds the two together. What
compares numbers or names of a config with others of it, or with files, JSON Schema cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backbones.networks.spec import RESERVED_ARGUMENTS
from docs.parameters import parameters
from ensemble.config.columns import WRITTEN
from ensemble.config.features import KINDS
from ensemble.config.stack import BUILT_IN
from ensemble.heads import catalog, takes_columns, takes_maps, takes_weights

Schema = dict[str, Any]

#: Text with a variable of the environment, of which only a run knows what it stands for.
VARIABLE: Schema = {"$ref": "#/$defs/Variable"}

ALL_HEADS = [*catalog.OWN, *catalog.names()]
_MAP_HEADS = [head for head in ALL_HEADS if takes_maps(head)]
_ROW_HEADS = [head for head in ALL_HEADS if not takes_maps(head)]
_COLUMNLESS = [head for head in ALL_HEADS if not takes_columns(head)]
_WEIGHTLESS = [head for head in ALL_HEADS if not takes_weights(head)]


def conditions() -> dict[str, Schema]:
    """Return, by the name of a section's class, what its schema has to say besides its keys."""
    return {
        "Annotations": {"properties": {"classes": {"minItems": 1, "uniqueItems": True}}},
        "BackboneEntry": {
            "allOf": [_SAVED_OR_BUILT, _FALLBACK, _MAPS, _ROWS],
            "properties": {
                "arguments": {"propertyNames": {"not": {"enum": sorted(RESERVED_ARGUMENTS)}}},
                "layers": {"uniqueItems": True},
                "heads": {"uniqueItems": True},
            },
        },
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
        "Config": {
            "allOf": [_ENTRIES, _COLUMNS, _HEADS, _GROUP, _LEARNT, _WEIGHTS, _VIEWS, _ITEM_HEADS],
            "properties": {
                "backbones": {"uniqueItems": True},
                "joint": {"uniqueItems": True},
            },
        },
        "Data": {
            "allOf": [_OBJECTS, *_PARTS, _ITEMS, _SEVERAL],
            "properties": {"separator": {"pattern": _SEPARATOR}},
        },
        "FoldsSpec": {
            "allOf": [
                _when(_has("method", ["column", "time"]), _OWN_FOLDS, _without("column")),
                _when(_has("method", ["time"]), _without("neighbours"), _without("format")),
            ]
        },
        "HeadSpec": {"allOf": [_PLAIN_TARGET, _NO_COLUMNS, *_parameters("head", ALL_HEADS)]},
        "JointEntry": {
            "properties": {
                "backbones": {"uniqueItems": True},
                "heads": {"minItems": 1, "uniqueItems": True},
            }
        },
        "TabularEntry": {
            "allOf": [_OF_COLUMNS],
            "properties": {"heads": {"minItems": 1, "uniqueItems": True}},
        },
        "StackSpec": {
            "allOf": [
                *_parameters("method", ["ridge"], regressor="RidgeCV"),
                *_parameters("method", catalog.names()),
                _when(_has("method", [one for one in BUILT_IN if one != "ridge"]), _NO_PARAMETERS),
                _when({"not": {"required": ["method"]}}, _NO_PARAMETERS),
            ]
        },
    }


def definitions() -> dict[str, Schema]:
    """Return the parameters of every head, which the conditions refer to."""
    return {f"parameters.{head}": parameters(head) for head in ALL_HEADS}


def _when(holds: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    return {"if": holds, "then": then} | ({} if otherwise is None else {"else": otherwise})


def _has(key: str, values: Sequence[Any]) -> Schema:
    """It is said, and is one of these values."""
    return {"required": [key], "properties": {key: {"enum": list(values)}}}


def _says(key: str) -> Schema:
    """It is said, and not null."""
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


def _without(key: str) -> Schema:
    """It is not said, or null."""
    return {"properties": {key: _NONE}}


def _inside(key: str, schema: Schema) -> Schema:
    return {"required": [key], "properties": {key: schema}}


def _lists(key: str, item: Schema) -> Schema:
    return {"properties": {key: {"items": item}}}


def _names(key: str, values: Sequence[str]) -> Schema:
    """A name that is one of these, alone or in a mapping, as heads and stacks are named."""
    return {"anyOf": [{"enum": list(values)}, {"type": "object", **_has(key, values)}]}


def _either(*values: Any) -> Schema:
    return {"anyOf": [{"enum": list(values)}, VARIABLE]}


def _parameters(key: str, names: Sequence[str], regressor: str | None = None) -> list[Schema]:
    """Conditions by which the parameters are those of the regressor that is named."""
    return [
        _when(
            _has(key, [name]),
            {"properties": {"parameters": {"$ref": f"#/$defs/parameters.{regressor or name}"}}},
        )
        for name in names
    ]


_NO_PARAMETERS: Schema = {"properties": {"parameters": {"maxProperties": 0}}}

_NONE: Schema = {"anyOf": [{"type": "null"}, VARIABLE]}

_OBJECTS = _when(
    _says("objects"),
    {"properties": {"boxes": _NONE, "points": _NONE, "render": {"type": "null"}}},
)

_PARTS = (
    _when(_says("areas"), {"anyOf": [_says("boxes"), _says("points"), _says("objects")]}),
    _when(
        {"anyOf": [_says("areas"), _says("counts")]}, {"properties": {"render": {"type": "null"}}}
    ),
)

_VIEW = _when(_says("view"), {"required": ["item"], "properties": {"item": {"type": "string"}}})

_ITEMS = _when(
    _inside("columns", _says("item")),
    {
        "properties": dict.fromkeys(("boxes", "points", "objects", "areas", "counts"), _NONE)
        | {"render": {"type": "null"}}
    },
)

_SEVERAL = _when(
    _inside("columns", _inside("target", {"type": "array", "minItems": 2})),
    {
        "properties": {
            "boxes": _NONE,
            "points": _NONE,
            "objects": {"type": "null"},
            "areas": _NONE,
            "counts": _NONE,
            "render": {"type": "null"},
        }
    },
)

_OWN_FOLDS: Schema = {
    "required": ["column"],
    "properties": {
        "column": {"type": "string"},
        "repeats": _either(1),
        "near_copies": _either("listed", "ignored"),
    },
}

_SAVED_OR_BUILT = _when(
    _says("model"),
    {
        "required": ["preprocessing"],
        "properties": {
            "application": {"type": "null"},
            "model": {"pattern": r"(\.keras|\})$"},
            "preprocessing": {"type": "string"},
            "arguments": {"maxProperties": 0},
            "weights": _either("imagenet"),
            "weights_seed": {"const": 0},
            "fallback": {"type": "null"},
        },
    },
    {
        "required": ["application"],
        "properties": {"application": {"type": "string"}, "preprocessing": {"type": "null"}},
    },
)

_FALLBACK = _when(_has("fallback", ["random"]), {"properties": {"weights": _either("imagenet")}})

_MAPS = _when(
    _has("pooling", ["none"]),
    {
        "properties": {
            "resize": _either("squash", "letterbox"),
            "heads": {"items": {"not": _names("head", _ROW_HEADS)}},
        }
    },
)

#: A pooling that is not said is one of these too.
_ROWS = _when(
    {
        "properties": {
            "pooling": {
                "anyOf": [{"enum": ["avg", "max", "avg+max", "flatten"]}, {"type": "object"}]
            }
        }
    },
    _lists("heads", {"not": _names("head", _MAP_HEADS)}),
)

#: One character, not a letter, a digit or a part of a number or of a quotation; or a tab's escape.
_SEPARATOR = r'^(\\t|[^0-9A-Za-z"\r\n\0.+_\ufeff-]|.*\$\{.*)$'

_PLAIN_TARGET = _when(_has("head", _MAP_HEADS), {"properties": {"target": _either("none")}})

_NO_COLUMNS = _when(_has("head", _COLUMNLESS), {"properties": {"columns": {"const": False}}})

_LISTED: Schema = {
    "type": "array",
    "items": {"type": "string", "minLength": 1},
    "uniqueItems": True,
}

#: Columns and what each holds.
_DECLARED: Schema = {
    "type": "object",
    "propertyNames": {"minLength": 1},
    "additionalProperties": _either(*KINDS),
}

#: At least one is named: each of these says nothing of the other's type.
_NAMED: Schema = {"minItems": 1, "minProperties": 1}

#: Heads of columns need columns,
_COLUMNS = _when(
    _says("tabular"),
    _inside("data", _inside("columns", _inside("features", _NAMED))),
)

#: and stand alone; other heads need a backbone.
_ENTRIES = _when({"not": _says("tabular")}, {"properties": {"backbones": {"minItems": 1}}})

_TAKING: Schema = {"type": "object", **_has("columns", [True])}

_OF_COLUMNS = _lists(
    "heads",
    {"not": {"anyOf": [_names("head", _COLUMNLESS), _TAKING]}},
)

_HEADS = _when(
    {"not": _inside("joint", {"minItems": 1})},
    _lists("backbones", {"required": ["heads"], "properties": {"heads": {"minItems": 1}}}),
)

_GROUP = _when(
    _inside("folds", _has("method", ["group"])),
    _inside("data", _inside("columns", _says("group"))),
)

_LEARNT = _when(
    _inside("folds", {**_has("n", [2]), "not": _has("method", ["column"])}),
    _inside("stack", {"anyOf": [_names("method", ["mean"]), VARIABLE]}),
)

_OF_ITEMS = _inside("data", _inside("columns", _says("item")))

_VIEWS = _when(_says("views"), _OF_ITEMS)

_ROW_HEADS_ALONE: Schema = {"items": _lists("heads", {"not": _names("head", _MAP_HEADS)})}

_ITEM_HEADS = _when(
    _OF_ITEMS, {"properties": {"backbones": _ROW_HEADS_ALONE, "joint": _ROW_HEADS_ALONE}}
)

_UNWEIGHTED_HEADS = _lists("heads", {"not": _names("head", _WEIGHTLESS)})

_WEIGHTS = _when(
    _inside("data", _inside("columns", _says("weight"))),
    {
        "properties": {
            "backbones": {"items": _UNWEIGHTED_HEADS},
            "joint": {"items": _UNWEIGHTED_HEADS},
            "tabular": _UNWEIGHTED_HEADS,
            "stack": {"not": _names("method", [one for one in _WEIGHTLESS if one[0].isupper()])},
        }
    },
)

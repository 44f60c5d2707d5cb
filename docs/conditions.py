"""What the sections of a config check across their keys, in JSON Schema.

Each entry stands beside a check in a validator of its section; a test holds the two together. What
compares numbers or names of a config with others of it, or with files, JSON Schema cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence

from backbones.networks.spec import RESERVED_ARGUMENTS
from backbones.photos.tiles import STEP
from docs.clauses import (
    VARIABLE,
    Schema,
    either,
    has,
    inside,
    lists,
    names,
    says,
    when,
    without,
)
from docs.data_conditions import ONE_NUMBER, SEVERAL, data_conditions
from docs.parameters import parameters
from ensemble.config.stack import BUILT_IN
from ensemble.heads import catalog, takes_columns, takes_maps, takes_weights

ALL_HEADS = [*catalog.OWN, *catalog.names()]
_MAP_HEADS = [head for head in ALL_HEADS if takes_maps(head)]
_ROW_HEADS = [head for head in ALL_HEADS if not takes_maps(head)]
_COLUMNLESS = [head for head in ALL_HEADS if not takes_columns(head)]
_WEIGHTLESS = [head for head in ALL_HEADS if not takes_weights(head)]


def conditions() -> dict[str, Schema]:
    """Return, by the name of a section's class, what its schema has to say besides its keys."""
    return data_conditions() | {
        "Annotations": {"properties": {"classes": {"minItems": 1, "uniqueItems": True}}},
        "BackboneEntry": {
            "allOf": [_SAVED_OR_BUILT, _FALLBACK, _MAPS, _ROWS, _TILES],
            "properties": {
                "arguments": {"propertyNames": {"not": {"enum": sorted(RESERVED_ARGUMENTS)}}},
                "layers": {"uniqueItems": True},
                "heads": {"uniqueItems": True},
            },
        },
        "Config": {
            "allOf": [
                _ENTRIES,
                _COLUMNS,
                _HEADS,
                _ASIDE,
                _GROUP,
                _LEARNT,
                _WEIGHTS,
                _VIEWS,
                _ITEM_HEADS,
            ],
            "properties": {
                "backbones": {"uniqueItems": True},
                "joint": {"uniqueItems": True},
            },
        },
        "FoldsSpec": {
            "allOf": [
                when(has("method", ["column", "time"]), _OWN_FOLDS, without("column")),
                when(has("method", ["time"]), without("neighbours"), without("format")),
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
                when(has("method", [one for one in BUILT_IN if one != "ridge"]), _NO_PARAMETERS),
                when({"not": {"required": ["method"]}}, _NO_PARAMETERS),
            ]
        },
    }


def definitions() -> dict[str, Schema]:
    """Return the parameters of every head, which the conditions refer to."""
    return {f"parameters.{head}": parameters(head) for head in ALL_HEADS}


def _parameters(key: str, names: Sequence[str], regressor: str | None = None) -> list[Schema]:
    """Conditions by which the parameters are those of the regressor that is named."""
    return [
        when(
            has(key, [name]),
            {"properties": {"parameters": {"$ref": f"#/$defs/parameters.{regressor or name}"}}},
        )
        for name in names
    ]


_NO_PARAMETERS: Schema = {"properties": {"parameters": {"maxProperties": 0}}}

_OWN_FOLDS: Schema = {
    "required": ["column"],
    "properties": {
        "column": {"type": "string"},
        "repeats": either(1),
        "near_copies": either("listed", "ignored"),
    },
}

_SAVED_OR_BUILT = when(
    says("model"),
    {
        "required": ["preprocessing"],
        "properties": {
            "application": {"type": "null"},
            "model": {"pattern": r"(\.keras|\})$"},
            "preprocessing": {"type": "string"},
            "arguments": {"maxProperties": 0},
            "weights": either("imagenet"),
            "weights_seed": {"const": 0},
            "fallback": {"type": "null"},
        },
    },
    {
        "required": ["application"],
        "properties": {"application": {"type": "string"}, "preprocessing": {"type": "null"}},
    },
)

_FALLBACK = when(has("fallback", ["random"]), {"properties": {"weights": either("imagenet")}})

_MAPS = when(
    has("pooling", ["none"]),
    {
        "properties": {
            "resize": either("squash", "letterbox"),
            "heads": {"items": {"not": names("head", _ROW_HEADS)}},
        }
    },
)

_TILES = when(
    says("tile"),
    {
        "required": ["pooling"],
        "properties": {
            "pooling": either("none"),
            "resize": either("squash"),
            "precision": either("float32", "bfloat16"),
            "image_size": {"items": {"multipleOf": STEP}},
        },
    },
)

#: A pooling that is not said is one of these too.
_ROWS = when(
    {
        "properties": {
            "pooling": {
                "anyOf": [{"enum": ["avg", "max", "avg+max", "flatten"]}, {"type": "object"}]
            }
        }
    },
    lists("heads", {"not": names("head", _MAP_HEADS)}),
)

_PLAIN_TARGET = when(has("head", _MAP_HEADS), {"properties": {"target": either("none")}})

_NO_COLUMNS = when(has("head", _COLUMNLESS), {"properties": {"columns": {"const": False}}})

#: At least one is named: each of these says nothing of the other's type.
_NAMED: Schema = {"minItems": 1, "minProperties": 1}

#: Heads of columns need columns,
_COLUMNS = when(
    says("tabular"),
    inside("data", inside("columns", inside("features", _NAMED))),
)

#: and stand alone; other heads need a backbone.
_ENTRIES = when({"not": says("tabular")}, {"properties": {"backbones": {"minItems": 1}}})

_TAKING: Schema = {"type": "object", **has("columns", [True])}

_OF_COLUMNS = lists(
    "heads",
    {"not": {"anyOf": [names("head", _COLUMNLESS), _TAKING]}},
)

_HEADS = when(
    {"not": inside("joint", {"minItems": 1})},
    lists("backbones", {"required": ["heads"], "properties": {"heads": {"minItems": 1}}}),
)

_ASIDE = when(
    {"not": inside("data", SEVERAL)},
    {"properties": {"score": {"properties": {"set_aside_above": ONE_NUMBER}}}},
)

_GROUP = when(
    inside("folds", has("method", ["group"])),
    inside("data", inside("columns", says("group"))),
)

_LEARNT = when(
    inside("folds", {**has("n", [2]), "not": has("method", ["column"])}),
    inside("stack", {"anyOf": [names("method", ["mean"]), VARIABLE]}),
)

_OF_ITEMS = inside("data", inside("columns", says("item")))

_VIEWS = when(says("views"), _OF_ITEMS)

_ROW_HEADS_ALONE: Schema = {"items": lists("heads", {"not": names("head", _MAP_HEADS)})}

_ITEM_HEADS = when(
    _OF_ITEMS, {"properties": {"backbones": _ROW_HEADS_ALONE, "joint": _ROW_HEADS_ALONE}}
)

_UNWEIGHTED_HEADS = lists("heads", {"not": names("head", _WEIGHTLESS)})

_WEIGHTS = when(
    inside("data", inside("columns", says("weight"))),
    {
        "properties": {
            "backbones": {"items": _UNWEIGHTED_HEADS},
            "joint": {"items": _UNWEIGHTED_HEADS},
            "tabular": _UNWEIGHTED_HEADS,
            "stack": {"not": names("method", [one for one in _WEIGHTLESS if one[0].isupper()])},
        }
    },
)

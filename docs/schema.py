"""The JSON Schema of a config: the models that check it, said as editors understand it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from backbones.networks.published import published
from docs.clauses import VARIABLE, Schema
from docs.conditions import ALL_HEADS, conditions, definitions
from ensemble.config.config import Config
from ensemble.config.stack import BUILT_IN
from ensemble.heads import catalog

#: Major and minor version of the scikit-learn whose regressors and parameters are listed.
SKLEARN = ".".join(version("scikit-learn").split(".")[:2])

#: The one that editors know best.
_DIALECT = "http://json-schema.org/draft-07/schema#"

_VARIABLE: Schema = {
    "description": "Text with a variable of the environment: ${NAME}, or ${NAME:-default}.",
    "type": "string",
    "pattern": r"\$\{\w+(:-[^}]*)?\}",
}

#: What a number may be in quotation marks.
_QUOTED: Schema = {
    "type": "string",
    "pattern": r"^\s*[+-]?(\d|\.\d)[\d_]*\.?\d*([eE][+-]?\d+)?\s*$",
}

#: What limits a text, so that a variable in its place has to be allowed beside it.
_LIMITS = ("const", "enum", "pattern", "maxLength")

#: Texts of which the code knows all that it takes, outside of the models: section, key, names.
_NAMES = (
    ("BackboneEntry", "application", list(published())),
    ("HeadSpec", "head", ALL_HEADS),
    ("StackSpec", "method", [*BUILT_IN, *catalog.names()]),
)

#: Sections whose key stands for them where it is all that they say.
_SHORT = (
    ("HeadSpec", "head"),
    ("Score", "metric"),
    ("StackSpec", "method"),
    ("Tracking", "store"),
)

#: Keys with a default that depends on others, which the models fill in before they check them.
_NAMED_AFTER = (("BackboneEntry", "name"), ("HeadSpec", "name"))


def models() -> dict[str, Schema]:
    """Return the schema of each section, as pydantic derives it, by the name of its class.

    Names that are known are added, and keys that the models fill in need not be given.
    """
    top = Config.model_json_schema()
    sections: dict[str, Schema] = {"Config": top, **top.pop("$defs")}
    for section, key, names in _NAMES:
        kind = sections[section]["properties"][key]
        text = kind["anyOf"][0] if "anyOf" in kind else kind
        text["enum"] = names
    for section, key in _NAMED_AFTER:
        required = sections[section].get("required", [])
        sections[section]["required"] = [one for one in required if one != key]
        sections[section]["properties"][key].pop("default", None)
    return sections


def schema() -> Schema:
    """Return the JSON Schema of a config as it stands in a file, before variables are filled in.

    It takes 5.0 for a whole number and refuses `true` for a number, where the code does otherwise.
    """
    sections = {name: _section(model, number=True) for name, model in models().items()}
    for name, more in conditions().items():
        for key, value in more.pop("properties", {}).items():
            sections[name]["properties"][key].update(value)
        sections[name].update(more)
    for name, key in _SHORT:
        sections[name] = {"anyOf": [sections[name]["properties"][key], sections[name]]}
    regressors = {
        name: _section(parameters, number=False) for name, parameters in definitions().items()
    }
    top = sections.pop("Config")
    top["description"] = "A config of backbone-ensemble; docs/config.md lists its keys."
    return {
        "$schema": _DIALECT,
        "$comment": f"Of scikit-learn {SKLEARN}; written by python -m docs.",
        "title": "backbone-ensemble",
        **top,
        "$defs": {**sections, **regressors, "Variable": _VARIABLE},
    }


def _section(model: Schema, number: bool) -> Schema:
    """A mapping in which variables stand for text, and in models for a `number`, too."""
    shown = {key: value for key, value in model.items() if key != "title"}
    shown["properties"] = {key: _key(value, number) for key, value in model["properties"].items()}
    return shown


def _key(value: Schema, number: bool) -> Schema:
    """What a key may be, with its description and, where it is not empty, its default."""
    about = {name: value[name] for name in ("description", "default") if name in value}
    if isinstance(about.get("default", {}), dict) or about["default"] in (None, [], ""):
        about.pop("default", None)  # nothing, or of a section, whose keys have their own
    kind = {one: value[one] for one in value if one not in ("description", "default", "title")}
    shown = _kind(kind, number)
    return about | ({"allOf": [shown]} if "$ref" in shown else shown)


def _kind(kind: Schema, number: bool) -> Schema:
    if "anyOf" in kind:
        return {"anyOf": [part for one in kind["anyOf"] for part in _parts(_kind(one, number))]}
    if "prefixItems" in kind:  # of one kind each, as editors of older dialects need it
        kind = {key: value for key, value in kind.items() if key != "prefixItems"} | {
            "items": kind["prefixItems"][0]
        }
    if isinstance(kind.get("additionalProperties"), dict):
        return kind | {"additionalProperties": _kind(kind["additionalProperties"], number)}
    if "items" in kind:
        return kind | {"items": _kind(kind["items"], number)}
    if kind.get("type") == "number" and number:
        return {"anyOf": [kind, _QUOTED, VARIABLE]}
    limited = any(limit in kind for limit in _LIMITS)
    is_text = kind.get("type") == "string" or isinstance(next(iter(kind.get("enum", ())), 0), str)
    return {"anyOf": [kind, VARIABLE]} if limited and is_text else kind


def _parts(kind: Schema) -> list[Any]:
    return kind["anyOf"] if set(kind) == {"anyOf"} else [kind]

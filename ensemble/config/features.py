"""The columns of the tables that heads learn from, as a config names them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, WithJsonSchema

from backbones.section import nearest

#: What is said of a column: what its cells are, or that they themselves show it.
Declared = Literal["number", "category", "auto"]

KINDS = get_args(Declared)

_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ]
}


def _as_mapping(given: Any) -> dict[str, Declared]:
    """The kind of each column: `auto` of those in a list.

    Raises
    ------
    ValueError
        Something else was given, names are given twice or empty, or kinds are unknown: all of them.
    """
    if not isinstance(given, list | tuple | dict):
        raise ValueError("must be a list of columns, or a mapping of columns to number or category")
    names = list(given)
    kinds = list(given.values()) if isinstance(given, dict) else ["auto"] * len(names)
    mistakes = [f"{one!r} is no name of a column" for one in names if not _is_name(one)]
    mistakes += [f"{one!r} is named twice" for one in _doubles(names)]
    mistakes += [
        f"{name!r} cannot be {kind!r}; {nearest(str(kind), KINDS)}"
        for name, kind in zip(names, kinds, strict=True)
        if kind not in KINDS
    ]
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return dict(zip(names, kinds, strict=True))


def _is_name(one: Any) -> bool:
    return isinstance(one, str) and one != ""


def _doubles(names: list[Any]) -> list[str]:
    texts = [one for one in names if isinstance(one, str)]
    return [one for one in dict.fromkeys(texts) if texts.count(one) > 1]


#: Names of columns and what each holds; given as a list, or as a mapping.
Features = Annotated[dict[str, Declared], BeforeValidator(_as_mapping), WithJsonSchema(_SCHEMA)]

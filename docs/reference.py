"""A page of every key of a config: its type, its default and a sentence, from the models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from docs.clauses import Schema
from docs.parameters import parameters
from docs.schema import models
from ensemble.heads import catalog

_INTRODUCTION = """\
# Every key of a config

Written by `python -m docs` from the code that checks configs; change it there.

Text may hold variables of the environment, as `${FACE_COUNTING_DATA:-data/face-counting}`. What is
**needed** has no default; a dash stands for none.

[`configs/schema.json`](../configs/schema.json) says the same to editors: those with a YAML language
server complete and check a config whose first line names that file, here as one beside the config:

```yaml
# yaml-language-server: $schema=schema.json
```
"""

_HEADER = "| key | type | default | |\n| --- | --- | --- | --- |\n"

#: What is said of a section besides its keys.
_NOTES = {
    "HeadSpec": "An entry is a mapping, or the name of a head alone: `heads: [ridge, svr]`.",
    "StackSpec": "A mapping, or the name of a method alone: `stack: mean`.",
    "BackboneEntry": "A list. An entry has either `application` or `model`.",
    "JointEntry": "A list.",
    "Score": "A mapping, or the name of a metric alone: `score: mape`.",
    "Tracking": "A mapping, or the name of a store alone: `tracking: mlflow`.",
    "TabularEntry": "A mapping: `tabular: {heads: [ridge]}`.",
    "Grid": "In place of a word: `pooling: {grid: [2, 3]}`.",
}

#: How many values, or words, are shown.
_LONGEST = 12

_REGRESSORS = """\
## Regressors of scikit-learn

The head may be any of these, with the parameters that scikit-learn documents: {names}.
"""


class Section(NamedTuple):
    """A mapping in a config: the keys that lead to it, and its schema."""

    path: str
    name: str
    schema: Schema


def page() -> str:
    """Return the page, in Markdown."""
    texts = [_INTRODUCTION, f"## The config\n\n{_table(models()['Config'])}"]
    texts += [_section(section) for section in sections()]
    texts += [_head(head) for head in catalog.OWN]
    names = ", ".join(f"`{name}`" for name in catalog.names())
    return "\n".join([*texts, _REGRESSORS.format(names=names)])


def sections() -> Iterator[Section]:
    """Yield every mapping below the config, each once, in the order of the keys."""
    schemas = models()
    seen: set[str] = set()

    def walk(path: str, schema: Schema) -> Iterator[Section]:
        for key, value in schema["properties"].items():
            for name in _references(value):
                if name not in seen:
                    seen.add(name)
                    section = Section(f"{path}{key}", name, schemas[name])
                    yield section
                    yield from walk(f"{section.path}.", section.schema)

    yield from walk("", schemas["Config"])


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _section(section: Section) -> str:
    note = _NOTES.get(section.name)
    return "\n\n".join(filter(None, [f"## `{section.path}`", note, _table(section.schema)]))


def _head(head: str) -> str:
    return f"## Parameters of `{head}`\n\n{_table(parameters(head))}"


def _table(schema: Schema) -> str:
    needed = schema.get("required", [])
    rows = (_row(key, value, key in needed) for key, value in schema["properties"].items())
    return _HEADER + "".join(rows)


def _row(key: str, value: Schema, needed: bool) -> str:
    cells = (f"`{key}`", _type(value), _default(key, value, needed), _sentence(value))
    return f"| {' | '.join(cells)} |\n"


def _default(key: str, value: Schema, needed: bool) -> str:
    default = value.get("default")
    if needed:
        return "**needed**"
    if key == "random_state":
        return "`seed`"
    if default in (None, [], "") or isinstance(default, dict):  # of a section, its keys have theirs
        return "—"
    if isinstance(default, list) and len(default) > _LONGEST:
        return f"`{default[0]:g}, {default[1]:.3g}, …, {default[-1]:,g}`"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _sentence(value: Schema) -> str:
    """The first sentence of its description, on one line."""
    text = " ".join(value.get("description", "").partition("\n\n")[0].split())
    return re.split(r"(?<=\.) ", text)[0]


def _type(value: Schema) -> str:
    if "anyOf" in value:
        kinds = (_type(kind) for kind in value["anyOf"] if kind.get("type") != "null")
        return ", or ".join(dict.fromkeys(kinds))
    if "$ref" in value:
        return "a mapping, see below"
    if "enum" in value:
        return _words(value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value.get("type") == "array":
        return _list(value)
    return _scalar(value)


def _words(words: list[str]) -> str:
    """The words that may be given, unless they are too many to read."""
    if len(words) > _LONGEST:
        return "name"
    *others, last = [f"`{word}`" for word in words]
    return f"{', '.join(others)} or {last}" if others else last


def _list(value: Schema) -> str:
    item: Schema = value.get("items") or next(iter(value.get("prefixItems", [])), {})
    kind = _type(item)
    length = value.get("maxItems")
    if "$ref" in item:
        return "a list, see below"
    return f"list of {length}: {kind}" if length else f"list: {kind}"


def _scalar(value: Schema) -> str:
    kinds = {"boolean": "`true` or `false`", "integer": "whole number", "object": "mapping"}
    kinds |= {"number": "number", "string": "text"}
    if "pattern" in value:
        return "letters, digits, `_` and `-`"
    return ", ".join([kinds[value["type"]], *_ends(value)])


def _ends(value: Schema) -> list[str]:
    if value["type"] == "integer" and "exclusiveMaximum" in value:
        value = value | {"maximum": value["exclusiveMaximum"] - 1}
    if "minimum" in value and "maximum" in value:
        return [f"{value['minimum']} to {value['maximum']}"]
    least = {"minimum": "at least", "exclusiveMinimum": "above"}
    most = {"maximum": "at most", "exclusiveMaximum": "below"}
    return [f"{word} {value[key]:g}" for key, word in (least | most).items() if key in value]

"""A config as text, with the reasons beside its keys."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ensemble.config.settings import find_config
from ensemble.proposal.findings import Entry

#: Letters of a line, beyond which a reason stands above its key.
_WIDTH = 100

#: The column at which reasons begin, where the line is that short.
_COLUMN = 44


def first_lines(config: Path, folder: Path) -> list[str]:
    """How a config begins: the one place that says so."""
    schema = find_config(Path("demo.yaml")).with_name("schema.json").resolve()
    return [
        f"# yaml-language-server: $schema={_one_line(str(schema))}",
        f"# python -m ensemble.fit {_one_line(str(config))}",
        f"# Proposed by ensemble init from what lies in {_one_line(str(folder))}: change what was "
        "guessed wrong.",
    ]


def render(config: Path, folder: Path, entries: Sequence[Entry]) -> str:
    """The text of a config: each section after an empty line."""
    lines = first_lines(config, folder)
    for number, entry in enumerate(entries):
        lines += [] if number == 0 else [""]
        lines += _lines(entry, "")
    return "\n".join(lines) + "\n"


def _lines(entry: Entry, indent: str) -> Iterator[str]:
    if isinstance(entry.value, tuple):
        yield from _commented(f"{indent}{entry.key}:", entry.comment, indent)
        for below in entry.value:
            yield from _lines(below, indent + "  ")
    elif isinstance(entry.value, list) and any(isinstance(one, Entry) for one in entry.value):
        yield f"{indent}{entry.key}:"
        for item in entry.value:
            yield from (_asked if item.question else _item)(item, indent + "  ")
    else:
        line = f"{indent}{_flow(entry.key)}: {_flow(entry.value)}"
        yield from _commented(line, entry.comment, indent)


def _item(item: Entry, indent: str) -> Iterator[str]:
    """An element of a list, whose reason stands beside its first key."""
    first, *rest = item.value
    yield from _commented(f"{indent}- {first.key}: {_flow(first.value)}", item.comment, indent)
    for below in rest:
        yield from _lines(below, indent + "  ")


def _asked(item: Entry, indent: str) -> Iterator[str]:
    """An element that waits for an answer: comments, which are the element without their ``# ``."""
    yield f"{indent}# {_one_line(item.question)}"
    for line in _item(item, indent):
        yield f"{indent}# {line.removeprefix(indent)}"


def _commented(line: str, comment: str, indent: str) -> Iterator[str]:
    comment = _one_line(comment)
    beside = f"{line:<{_COLUMN}}  # {comment}"
    if not comment:
        yield line
    elif len(beside) <= _WIDTH:
        yield beside
    else:
        yield f"{indent}# {comment}"
        yield line


def _flow(value: Any) -> str:
    """A value of YAML on one line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.width, yaml.allow_unicode = True, 1 << 16, True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue().removesuffix("\n").removesuffix("\n...")


def _one_line(text: str) -> str:
    """Text for a comment, which ends with its line."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)

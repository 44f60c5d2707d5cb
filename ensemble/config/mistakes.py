"""What is wrong with the content of a config, and what is sound of it all the same."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from backbones.section import Section
from ensemble.config.document import brief


def describe_mistakes(content: Any, error: ValidationError) -> list[str]:
    """The mistakes in a config's content that validating it has found, each with its key."""
    return [_mistake(content, dict(detail)) for detail in error.errors(include_url=False)]


def valid_sections(contents: Any, section: type[Section]) -> list[Any]:
    """Return the sections that are valid by themselves, although the whole config is not."""
    sections = []
    for content in contents if isinstance(contents, list) else []:
        if not isinstance(content, dict):
            continue
        try:
            values = {key: content[key] for key in content if key in section.model_fields}
            sections.append(section.model_validate(values))
        except ValidationError:
            continue  # validating the whole config has reported its mistakes
    return sections


def _mistake(content: Any, error: dict[str, Any]) -> str:
    """Format a mistake: ``backbones.mobilenet_v2.layerz: unknown key; did you mean layers?``"""
    key = ""
    for step in error["loc"]:
        below = content[step] if _has_entry(content, step) else None
        named = isinstance(step, int) and isinstance(below, dict) and below.get("name")
        key += f".{named}" if named else f"[{step}]" if isinstance(step, int) else f".{step}"
        content = below
    message = error["msg"].removeprefix("Value error, ") + _describe_input(error)
    return f"{key.lstrip('.')}: {message}" if key else message


def _has_entry(content: Any, step: Any) -> bool:
    if isinstance(content, dict):
        return step in content
    return isinstance(content, list) and isinstance(step, int) and step < len(content)


def _describe_input(error: dict[str, Any]) -> str:
    value = error["input"]
    if error["type"] in ("extra_forbidden", "missing", "value_error") or isinstance(value, dict):
        return ""
    return f", not {brief(value)}"

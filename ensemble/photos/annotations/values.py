"""Values as exports write them: numbers that must be numbers, names that must be text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def number(value: object) -> float | None:
    """A finite number as it is; of a text, the number that it says; else None.

    >>> number(3), number(" 2.5"), number("1e999"), number(True), number(None)
    (3.0, 2.5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (OverflowError, ValueError):
        return None
    plain = not isinstance(value, str) or "_" not in value
    return found if plain and math.isfinite(found) else None


def numbers(values: object) -> list[float] | None:
    """All of a list as numbers; None, if it is no list or one of them is none."""
    if not isinstance(values, (list, tuple)):
        return None
    found = [number(value) for value in values]
    return None if None in found else [one for one in found if one is not None]


def size(width: object, height: object) -> tuple[float, float] | None:
    """A stated size; None where it is absent or, as some tools write it, 0."""
    sides = number(width), number(height)
    if sides[0] is None or sides[1] is None or min(sides[0], sides[1]) <= 0:
        return None
    return sides[0], sides[1]


def entries(content: Any, key: str) -> Sequence[Any] | None:
    """The list that a mapping has under a key; None where it has none."""
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, list) else None


def shown(value: object) -> str:
    """A value for a message, cut to a length that can be read."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

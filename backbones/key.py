"""Cache keys: the same content has the same key in every process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any


def key(content: Any) -> str:
    """Return the SHA-256 (hex) of JSON-serialisable content, whatever the order of its keys.

    >>> key({"a": 1, "b": [2]}) == key({"b": [2], "a": 1}) != key({"a": 1, "b": [3]})
    True
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def key_together(keys: Sequence[str]) -> str:
    """Return the key of several things that are used together; one alone keeps its own."""
    return keys[0] if len(keys) == 1 else key(keys)

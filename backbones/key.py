"""Cache keys: the same content has the same key in every process."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def key(content: Any) -> str:
    """Return the SHA-256 (hex) of JSON-serialisable content, whatever the order of its keys.

    >>> key({"a": 1, "b": [2]}) == key({"b": [2], "a": 1}) != key({"a": 1, "b": [3]})
    True
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

"""Keys of what is kept: the same content has the same key, in every process."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def key(content: Any) -> str:
    """SHA-256 (hex) of what JSON can say, in whatever order a mapping has its entries.

    >>> key({"a": 1, "b": [2]}) == key({"b": [2], "a": 1}) != key({"a": 1, "b": [3]})
    True
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

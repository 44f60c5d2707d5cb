"""The one JSON object that a command prints with ``--json``."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ensemble.terminal import stopping


class Answer:
    """What a command came to, for another program; it is printed once.

    It has the keys ``exit_code``, ``error`` (text, or null) and ``warnings`` (texts), and those of
    the command. Numbers that are not finite are null, paths are absolute.

    Parameters
    ----------
    warnings : sequence of str
        Grows while the command runs.
    """

    def __init__(self, warnings: Sequence[str] = ()) -> None:
        self._warnings = warnings
        self._printed = False

    def done(self, content: Mapping[str, Any]) -> None:
        """Print what a command that is done has found."""
        self._print(self._text(0, None, content))

    def failed(self, code: int, error: str) -> None:
        """Print the error of a command, and the code it ends with."""
        self._print(self._text(code, error, {}))

    def stopped(self) -> None:
        """Tell of a signal that ends the process: past Python's buffers, which nobody empties."""
        if not self._printed:
            self._printed = True
            os.write(1, self._text(stopping.CODE, stopping.LINE, {}).encode())

    def _print(self, text: str) -> None:
        if not self._printed:
            self._printed = True
            sys.stdout.write(text)

    def _text(self, code: int, error: str | None, content: Mapping[str, Any]) -> str:
        said = {"exit_code": code, "error": error, **content, "warnings": list(self._warnings)}
        return f"{json.dumps(plain(said), indent=2, allow_nan=False)}\n"


def plain(content: Any) -> Any:
    """Content as JSON has it.

    >>> plain({"a": (1.0, float("inf")), "b": Path("/tmp/c")})
    {'a': [1.0, None], 'b': '/tmp/c'}
    """
    if isinstance(content, Mapping):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [plain(value) for value in content]
    if isinstance(content, Path):
        return os.path.abspath(content)
    if isinstance(content, float):
        return float(content) if math.isfinite(content) else None
    return content

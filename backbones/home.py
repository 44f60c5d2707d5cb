"""Paths as a shell gives them to a command."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def expand_home(path: str | os.PathLike[str]) -> Path:
    """Return the path with the home of a leading ``~``, which shells leave in ``--out=~/x``.

    As in a shell, one of nobody stays as it is.
    """
    with suppress(RuntimeError):
        return Path(path).expanduser()
    return Path(path)

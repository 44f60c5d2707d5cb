"""One writer at a time in a run directory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two fits of different configs may mix there, which opening finds
    fcntl = None  # type: ignore[assignment]


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Wait until no other process writes a run into `folder`, which is made, and keep it so.

    The lock lies on the folder itself and goes with the process, however that ends. Where a file
    system has no locks, there is none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)

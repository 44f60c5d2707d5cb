"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place when the block is done.

    However the process ends, what lies at `path` is whole. Missing folders are made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_write(Path(folder) / "deep" / "a.txt") as partial:
    ...         _ = partial.write_text("done")
    ...     (Path(folder) / "deep" / "a.txt").read_text()
    'done'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    yield partial
    partial.replace(path)

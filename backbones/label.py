"""Labels: small files that say what lies beside them, and by their date when it was last used."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from backbones.files import atomic_write

Content = TypeVar("Content", bound=BaseModel)


def write_label(path: Path, label: BaseModel) -> None:
    """Writes a label, or only sets its date to now where it says the same already.

    Of two processes the last one wins. A label that cannot be written (a full disk, a cache that
    only another user may write) is left out: it serves people, and no result depends on it.

    >>> import tempfile
    >>> class Sign(BaseModel):
    ...     name: str
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_label(Path(folder) / "about.json", Sign(name="a"))
    ...     read_label(Path(folder) / "about.json", Sign)
    Sign(name='a')
    """
    text = label.model_dump_json(indent=1)
    with contextlib.suppress(OSError):
        if _read(path) == text:
            os.utime(path)
            return
        with atomic_write(path) as partial:
            partial.write_text(text, encoding="utf-8")


def read_label(path: Path, kind: type[Content]) -> Content | None:
    """The label at `path`; None where there is none, or none that this version understands."""
    text = _read(path)
    if text is None:
        return None
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None

"""A folder of empty files."""

from __future__ import annotations

from pathlib import Path


def album(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder

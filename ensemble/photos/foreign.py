"""Folders of this program's own, in which no picture is a photo of the user's."""

from __future__ import annotations

from pathlib import Path

from ensemble.storage.ownership import is_run


def is_ours(folder: Path) -> bool:
    """Whether a folder is a run, or a cache of features."""
    return (folder / "digests" / "data.mdb").is_file() or is_run(folder)

"""Folders of this program's own, in which no picture is a photo of the user's."""

from __future__ import annotations

import json
from pathlib import Path

#: The file that makes a folder a run.
MANIFEST = "manifest.json"

#: In its place while a run is being written.
UNFINISHED = "manifest.unfinished.json"


def is_ours(folder: Path) -> bool:
    """Whether a folder is a run, or a cache of features."""
    if (folder / UNFINISHED).is_file() or (folder / "digests" / "data.mdb").is_file():
        return True
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    # Photos may come with a manifest of somebody else's.
    files = content.get("files") if isinstance(content, dict) else None
    return isinstance(files, dict) and all(
        isinstance(entry, dict) and entry.keys() == {"bytes", "sha256"} for entry in files.values()
    )

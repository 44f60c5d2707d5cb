"""Whether a folder is a run: by what its manifest holds, which others may have of the same name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: The file that makes a folder a run.
MANIFEST = "manifest.json"

#: In its place while a run is being written.
UNFINISHED = "manifest.unfinished.json"

#: What was written into a run's folder beside the run; see ``ensemble.storage.outputs``.
RECORDS = "outputs.json"

#: Of either manifest, in bytes: a run has some hundred files.
_AT_MOST = 1 << 24


def load_manifest(path: Path) -> dict[str, Any]:
    """The content of a manifest, with ``files``: path -> ``bytes`` and ``sha256``.

    Raises
    ------
    ValueError
        It is not one that a fit wrote, but somebody else's, or damaged.
    """
    if path.stat().st_size > _AT_MOST:
        raise ValueError(f"it has {path.stat().st_size:,} bytes")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("it has too many brackets") from None
    files = content.get("files") if isinstance(content, dict) else None
    if not isinstance(files, dict) or not all(map(_is_entry, files.values())):
        raise ValueError("it does not list files with bytes and sha256")
    # Before the first file of a run is written, its marker has neither files nor an origin.
    is_empty = path.name == UNFINISHED and not files
    if not is_empty and not isinstance(content.get("origin"), str):
        raise ValueError("it has no origin")
    return dict(content)


def is_run(folder: Path) -> bool:
    """Whether a folder is a run, or a run was being written there."""
    if (folder / UNFINISHED).is_file():
        return True
    try:
        return bool(load_manifest(folder / MANIFEST))
    except (OSError, ValueError):
        return False


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.keys() == {"bytes", "sha256"}
        and isinstance(entry["bytes"], int)
        and isinstance(entry["sha256"], str)
    )

"""The manifest of a run: its format, and the size and digest of each of its files."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import Any

from backbones.errors import InputError, first_ten
from ensemble.photos import foreign
from ensemble.runs.format import read_format

MANIFEST, UNFINISHED = foreign.MANIFEST, foreign.UNFINISHED

#: Of it, in bytes: a run has some hundred files.
_AT_MOST = 1 << 24


def read_manifest(manifest: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """The format of a run, and its files: path with slashes -> ``bytes`` and ``sha256``.

    Raises
    ------
    InputError
        It is no manifest, a newer version's, or names files outside of the run.
    """
    try:
        if manifest.stat().st_size > _AT_MOST:
            raise ValueError(f"it has {manifest.stat().st_size:,} bytes")
        content = json.loads(manifest.read_text(encoding="utf-8"))
        files = content["files"]
        leaving = [file for file in files if is_outside(file) or _leads_out(manifest.parent, file)]
        entries = {file: {"bytes": e["bytes"], "sha256": e["sha256"]} for file, e in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{manifest} is not a manifest ({error}); delete it and fit into an empty folder"
        ) from None
    if leaving:
        raise InputError(f"{manifest} names files outside of the run:", first_ten(leaving))
    return read_format(content, manifest), entries


def _leads_out(folder: Path, file: str) -> bool:
    """Whether a link on the way leads out; what is no longer part of a run is removed there."""
    root = os.path.realpath(folder)
    return not Path(os.path.realpath(folder / file)).is_relative_to(root)


def is_outside(file: str) -> bool:
    path = PurePosixPath(file)
    return path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file

"""The manifest of a run: its format, and the size and digest of each of its files."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Any

from backbones.errors import InputError, first_ten
from ensemble.runs.format import read_format
from ensemble.storage import ownership

MANIFEST, UNFINISHED = ownership.MANIFEST, ownership.UNFINISHED


def read_manifest(manifest: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """The format of a run, and its files: path with slashes -> ``bytes`` and ``sha256``.

    Raises
    ------
    InputError
        It is no manifest of a run, a newer version's, or names files outside of the run.
    """
    try:
        content = ownership.load_manifest(manifest)
        files: dict[str, dict[str, Any]] = content["files"]
        leaving = [file for file in files if is_outside(file) or _leads_out(manifest.parent, file)]
    except ValueError as error:
        raise InputError(
            f"{manifest} is not a manifest as a fit writes it ({error}): it is somebody else's, or "
            "damaged; name another folder"
        ) from None
    if leaving:
        raise InputError(
            f"{manifest} names files outside of the run; run the fit again:", first_ten(leaving)
        )
    return read_format(content, manifest), files


def _leads_out(folder: Path, file: str) -> bool:
    """Whether a link on the way leads out; what is no longer part of a run is removed there."""
    root = os.path.realpath(folder)
    return not Path(os.path.realpath(folder / file)).is_relative_to(root)


def is_outside(file: str) -> bool:
    path = PurePosixPath(file)
    return path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file

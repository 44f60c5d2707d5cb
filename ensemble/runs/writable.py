"""Whether a run may be written into a folder, looked at before anything is computed."""

from __future__ import annotations

from pathlib import Path

from backbones.errors import InputError
from backbones.places import check_folder
from ensemble.runs import record
from ensemble.runs.folder import existing_files
from ensemble.runs.manifest import MANIFEST
from ensemble.storage.outputs import Outputs


def check_writable(folder: Path, cache: Path, force: bool = False) -> None:
    """Looks whether a run may be written into `folder`.

    Parameters
    ----------
    cache : Path
        It knows the submissions that were written there.
    force : bool
        Whether files of somebody else may be written over.

    Raises
    ------
    InputError
        It is a file, cannot be written, holds a manifest that cannot be read or, without `force`,
        files of somebody else, or among those of a run some that the run would write over.
    """
    check_folder(folder, "--run-dir")
    before = existing_files(folder, force)
    if force or not (folder / MANIFEST).is_file():  # in an unfinished run all names are its own
        return
    outputs = Outputs(cache)
    others = [
        name
        for name in record.TABLES_AND_PICTURES
        if name not in before and (folder / name).exists() and not outputs.wrote(folder / name)
    ]
    if others:
        raise InputError(
            f"--run-dir: {folder} holds files of somebody else that the run would write over; name "
            "another folder, or say --force:",
            others,
        )

"""Whether a run may be written into a folder, looked at before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from backbones.errors import InputError
from backbones.places import check_folder
from ensemble.runs import record
from ensemble.runs.folder import existing_files, ways_on
from ensemble.runs.manifest import MANIFEST, UNFINISHED
from ensemble.storage.outputs import Outputs


def check_writable(
    folder: Path,
    cache: Path,
    force: bool = False,
    drawn: Path | None = None,
    from_command: bool = True,
) -> None:
    """Looks whether a run may be written into `folder`.

    Parameters
    ----------
    cache : Path
        It knows the submissions that were written there.
    force : bool
        Whether files of somebody else may be written over.
    drawn : Path, optional
        Where photos will be drawn before the run is written.
    from_command : bool
        Whether messages are in words of the command line.

    Raises
    ------
    InputError
        It is a file, cannot be written, holds a manifest of somebody else or, without `force`,
        files of somebody else, or among those of a run some that the run would write over; or the
        cache or what is drawn would lie in it before the run does.
    """
    check_folder(folder, "--run-dir" if from_command else "the folder of the run")
    before = existing_files(folder, force, from_command)
    if force:
        return
    if not (folder / MANIFEST).is_file():  # in an unfinished run all names are its own
        if not (folder / UNFINISHED).is_file():
            _refuse_within(folder, {"cache_dir": cache, "data.folder": drawn}, from_command)
        return
    outputs = Outputs(cache)
    others = [
        name
        for name in record.TABLES_AND_PICTURES
        if name not in before and (folder / name).exists() and not outputs.wrote(folder / name)
    ]
    if others:
        option, way_on = ways_on(from_command)
        raise InputError(
            f"{option}{folder} holds files of somebody else that the run would write over; name "
            f"another folder{way_on}:",
            others,
        )


def _refuse_within(folder: Path, places: Mapping[str, Path | None], from_command: bool) -> None:
    """Refuse places in the folder that would make it look like somebody else's before the run."""
    root = os.path.realpath(folder)
    within = [
        f"{key}: {place}"
        for key, place in places.items()
        if place is not None and Path(os.path.realpath(place)).is_relative_to(root)
    ]
    if within:
        option, way_on = ways_on(from_command)
        raise InputError(
            f"{option}{folder} is the run's alone, and other files would come there before; name "
            f"other places{way_on}:",
            within,
        )

"""What this program itself has written, which is no photo of the user's."""

from __future__ import annotations

import re
from pathlib import Path

from ensemble.storage.kind import ROOMS, kind_of
from ensemble.storage.output_folder import is_output_folder
from ensemble.storage.ownership import is_run

#: The pictures of a run, what is kept of them beside, and what a killed process leaves of them.
_OF_RUN = re.compile(r"(leaderboard|contact_sheet|probe)\.png(\.edited\d*|\.\d+\.partial)?")

#: How the names of the pictures end that show where a number lies in photos.
DENSITY_PICTURES = (".density.tif", ".overlay.jpg")


def is_ours(path: Path) -> bool:
    """Whether a folder is a run or a cache of features, or a file a picture of this program."""
    if _OF_RUN.fullmatch(path.name) and is_run(path.parent):
        return True
    if path.name.endswith(DENSITY_PICTURES) and any(map(is_output_folder, path.parents)):
        return True
    room = path.parent.name
    if room in ROOMS and kind_of(f"{room}/{path.name}", False) and _is_cache(path.parent.parent):
        return True
    return path.is_dir() and (_is_cache(path) or is_run(path))


def _is_cache(folder: Path) -> bool:
    return (folder / "digests" / "data.mdb").is_file()

"""What this program itself has written, which is no photo of the user's."""

from __future__ import annotations

import re
from pathlib import Path

from ensemble.storage.kind import ROOMS, kind_of
from ensemble.storage.ownership import is_run

#: The pictures of a run, what is kept of them beside, and what a killed process leaves of them.
_OF_RUN = re.compile(r"(leaderboard|contact_sheet|probe)\.png(\.edited\d*|\.\d+\.partial)?")


def is_ours(path: Path) -> bool:
    """Whether a folder is a run, or a cache of features, or a file is a picture that is in one."""
    if _OF_RUN.fullmatch(path.name) and is_run(path.parent):
        return True
    room = path.parent.name
    if room in ROOMS and kind_of(f"{room}/{path.name}", False) and _is_cache(path.parent.parent):
        return True
    return path.is_dir() and (_is_cache(path) or is_run(path))


def _is_cache(folder: Path) -> bool:
    return (folder / "digests" / "data.mdb").is_file()

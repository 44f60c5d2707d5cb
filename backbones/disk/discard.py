"""What is damaged, put away and said."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from backbones.errors import InputError
from backbones.files import unique_number

#: What the disk says of a piece that is not there as it was made. Anything else that it says, as of
#: a missing right or too many open files, says nothing of the piece.
MISPLACED = (FileNotFoundError, IsADirectoryError, NotADirectoryError)

_LOG = logging.getLogger("ensemble")


def warn_damaged(path: Path, reason: str) -> None:
    """Says that something kept on disk is damaged, and made anew."""
    _LOG.warning("%s is damaged (%s): discarded, and computed again", path, reason)


def discard(path: Path, reason: str) -> None:
    """Removes a damaged file or folder that can be computed again, and says so.

    Raises
    ------
    InputError
        It cannot be removed.
    """
    try:
        if remove(path):
            warn_damaged(path, reason)
    except OSError as error:
        raise InputError(
            f"{path} is damaged ({reason}) and cannot be removed ({error.strerror}); delete it, "
            "and run again: it is computed anew"
        ) from None


def remove(path: Path) -> bool:
    """Remove a file or folder; False where there is none.

    It is renamed first: a process that has it open keeps what it has, and nobody finds half of it.
    """
    aside = path.with_name(f"{path.name}.{unique_number()}.removed")
    try:
        path.rename(aside)
    except FileNotFoundError:  # another process was faster
        return False
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.unlink(missing_ok=True)
    return True

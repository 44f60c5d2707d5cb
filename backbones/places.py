"""Places that will be written: tried before anything is computed for them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import NoReturn

from backbones.errors import InputError
from backbones.files import temporary_path, unfinished

#: Written for a trial, bytes: on a full disk an empty file can be made, and nothing put into it.
_TRIAL = 4096


def check_file(path: Path, what: str) -> None:
    """Look whether a file can be written at `path`, by writing another one beside it.

    Raises
    ------
    InputError
        A folder, a device or a link to nothing is there, a file that is read-only, or nothing can
        be written in its folder; `what` names it.
    """
    _check_reachable(path, what)
    if os.path.lexists(path):
        if path.is_dir():
            raise InputError(f"{what}: {path} is a folder; name a file in it")
        if not path.is_file():
            raise InputError(f"{what}: {path} is no regular file; name another place")
        _try_file(path, what)
    _try_above(path.absolute().parent, path, what)


def check_folder(path: Path, what: str) -> None:
    """Look whether files can be written in a folder at `path`, which may yet have to be made.

    Raises
    ------
    InputError
        A file or a link to nothing is there, or nothing can be written; `what` names it.
    """
    _check_reachable(path, what)
    if path.exists() and not path.is_dir():
        raise InputError(f"{what}: {path} is a file; name a folder")
    _try_above(path.absolute(), path, what)


def _check_reachable(path: Path, what: str) -> None:
    try:
        path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise InputError(
                f"{what}: {path} is a link to {os.readlink(path)}, which is not there; name "
                "another place"
            ) from None
    except NotADirectoryError:
        return  # the file above it is named below
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES):
            _refuse(path, what, error)


def _try_file(path: Path, what: str) -> None:
    """Of a file that is to be replaced; for root, its mode alone says that it is read-only."""
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise InputError(f"{what}: {path} is read-only; make it writable, or name another place")
    try:
        path.open("ab").close()
    except OSError as error:
        _refuse(path, what, error)


def _try_above(folder: Path, path: Path, what: str) -> None:
    """Write a file in the nearest folder that there is."""
    above = next(one for one in (folder, *folder.parents) if os.path.lexists(one))
    if not above.is_dir():
        kind = "a link to nothing" if above.is_symlink() else "a file"
        raise InputError(f"{what}: {path} cannot be made: {above} is {kind}; name another place")
    to_make = path.absolute().relative_to(above).parts  # the longest may be too long a name
    longest = max(to_make, key=lambda part: len(os.fsencode(part)), default="trial")
    try:
        with contextlib.suppress(FileNotFoundError):
            os.lstat(above / longest)
        with unfinished(temporary_path(above / longest), path) as trial, trial.open("xb") as file:
            file.write(bytes(_TRIAL))
    except OSError as error:
        _refuse(path, what, error, above)


def _refuse(path: Path, what: str, error: OSError, above: Path | None = None) -> NoReturn:
    place = "" if above in (None, path.absolute()) else f" in {above}"
    raise InputError(
        f"{what}: {path} cannot be written{place}: {error.strerror}; name another place"
    ) from None

"""Files that are written whole or not at all, and nothing left of what was not finished."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from backbones.errors import InputError

#: Files and folders that are being written, in all threads.
_UNFINISHED: set[Path] = set()


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and move it to `path` when the block ends.

    A reader of `path` never sees an incomplete file. Missing folders are created.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_write(Path(folder) / "deep" / "a.txt") as partial:
    ...         _ = partial.write_text("done")
    ...     (Path(folder) / "deep" / "a.txt").read_text()
    'done'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished(temporary_path(path), path) as partial:
        yield partial
        partial.replace(path)


def temporary_path(path: Path) -> Path:
    """Where a file is written before it is moved to `path`, in the same folder."""
    name = os.fsdecode(os.fsencode(path.name)[:200])  # a name may have 255 bytes
    return path.parent / f"{name}.{unique_number()}.partial"


@contextmanager
def temporary_folder(beside: Path | None = None) -> Iterator[Path]:
    """Make a folder, in `beside` or where the system keeps such, that goes when the block ends.

    As with ``tempfile``, but it goes as well where a signal ends a command.
    """
    folder = Path(tempfile.mkdtemp(dir=beside))
    with unfinished(folder, folder.parent):
        yield folder


@contextmanager
def unfinished(partial: Path, place: Path) -> Iterator[Path]:
    """Yield the path of a file or folder that goes when the block ends, unless it was moved.

    An ``OSError`` in the block that does not say its file, as on a full disk, says `place`.
    """
    _UNFINISHED.add(partial)
    try:
        yield partial
    except OSError as error:
        if error.filename in (None, str(partial)):
            error.filename = str(place)
        raise
    finally:
        _remove(partial)
        _UNFINISHED.discard(partial)


def remove_unfinished() -> None:
    """Remove what is being written: for a process that is about to end without unwinding."""
    for partial in list(_UNFINISHED):
        _remove(partial)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


class Readable(Protocol):
    """What is read as a file is."""

    def read_bytes(self) -> bytes:
        """All of it; an ``OSError`` says why not."""


def read_file(path: Readable) -> bytes:
    """The bytes of a file of the user.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: it cannot be read: {error.strerror}") from None


def hash_file(path: Path) -> str:
    """Return the SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unique_number() -> str:
    """Digits that no other thread or process has at the same time, for temporary names."""
    return f"{os.getpid()}{threading.get_ident()}"

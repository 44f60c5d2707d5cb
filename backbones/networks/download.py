"""Files of imagenet weights: where Keras looks for them, whether they are whole, how they come.

Keras's own ``get_file`` writes a file in place, so that a killed download leaves a part of it, and
puts it below ``/tmp`` where ``KERAS_HOME`` is no folder yet or cannot be written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from math import ceil
from pathlib import Path
from socket import gaierror
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.request import urlopen

from backbones.errors import InputError
from backbones.files import atomic_write
from backbones.home import expand_home
from backbones.progress import Advance, Progress, Silent

#: Seconds without a byte after which a server is given up.
PATIENCE = 60

_BLOCK = 1 << 18
_MB = 10**6


@dataclass(frozen=True)
class Download:
    """A file of imagenet weights that Keras can download."""

    file: str  #: name in ``KERAS_HOME/models``
    url: str
    digest: str | None  #: MD5 or SHA-256 (hex), if Keras states one

    @property
    def path(self) -> Path:
        """The path where Keras looks for the file."""
        return weights_path(self.file)


class DownloadError(InputError):
    """Raised where a file cannot be fetched; `reason` says why, in a few words."""

    def __init__(self, download: Download, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"{download.file} could not be fetched: {reason}; bring it from {download.url} to "
            f"{download.path}"
        )


def weights_path(file: str) -> Path:
    """Return the path where Keras looks for a file of imagenet weights."""
    return expand_home(os.environ.get("KERAS_HOME", "~/.keras")) / "models" / file


def bring(download: Download, progress: Progress | None = None, name: str = "") -> None:
    """Fetch the file to where Keras looks for it, whole or not at all; one there is checked.

    `name` is what the stage of the progress, in megabytes, is called; by default as the file.

    Raises
    ------
    DownloadError
        The file cannot be fetched or written, or is not the one that Keras expects.
    InputError
        The file that is there is damaged.
    """
    if download.path.is_file():
        check(download)
        return
    try:
        with atomic_write(download.path) as partial:
            with partial.open("wb") as file:
                _fetch(download, file, progress or Silent(), name or download.file)
            found = _digest(partial, download.digest)
            if found != download.digest:
                reason = f"what came is another file, of {_algorithm(found)} {found}"
                raise DownloadError(download, reason)
    except OSError as error:
        raise DownloadError(download, f"{error.strerror}: {error.filename}") from error


def check(download: Download) -> None:
    """Raise an ``InputError`` where the file that is there is not the one that Keras expects."""
    found = _digest(download.path, download.digest)
    if found != download.digest:
        raise InputError(
            f"weights: imagenet: {download.path} is damaged: its {_algorithm(download.digest)} is "
            f"{found}, expected {download.digest}. Delete it and run again with a network, or "
            "bring a whole copy"
        )


def _fetch(download: Download, file: BinaryIO, progress: Progress, name: str) -> None:
    with _network(download):
        # The address is one of Keras's own.
        answer = urlopen(download.url, timeout=PATIENCE)  # nosec B310
    with answer:
        size, done = answer.length or 0, 0
        with _megabytes(progress, name, size) as advance:
            while block := _read(download, answer):
                file.write(block)
                done += len(block)
                advance(done)
    if done < size:
        raise DownloadError(download, f"the answer breaks off after {done:,} of {size:,} bytes")


def _read(download: Download, answer: HTTPResponse) -> bytes:
    with _network(download):
        return answer.read(_BLOCK)


@contextmanager
def _network(download: Download) -> Iterator[None]:
    """What goes wrong between this machine and the server is a failed download."""
    try:
        yield
    except HTTPException as error:
        raise DownloadError(download, f"the answer breaks off ({error})") from error
    except HTTPError as error:
        error.close()  # it is an answer, too
        raise DownloadError(download, str(error)) from error
    except OSError as error:
        raise DownloadError(download, _reason(error)) from error


@contextmanager
def _megabytes(progress: Progress, name: str, size: int) -> Iterator[Advance]:
    """A stage whose function is called with the number of bytes done so far, of `size`."""
    shown = 0
    with progress.stage(name, ceil(size / _MB), "megabyte") as advance:

        def show(done: int) -> None:
            nonlocal shown
            whole = ceil(done / _MB) if done == size else done // _MB
            advance(whole - shown)
            shown = whole

        yield show


def _reason(error: OSError) -> str:
    """Why, without what urllib puts around it."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, gaierror):
        return "the server's name is not known, as without a network"
    return getattr(cause, "strerror", None) or str(cause)


def _algorithm(digest: str | None) -> str:
    return "SHA-256" if digest is not None and len(digest) == 64 else "MD5"


def _digest(path: Path, expected: str | None) -> str | None:
    """The digest of a file, of the kind that is expected; none where none is."""
    if expected is None:
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, _algorithm(expected).replace("-", "").lower()).hexdigest()

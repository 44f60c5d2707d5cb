"""A photo behind a URL."""

from __future__ import annotations

import errno
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from backbones.remote.downloads import open_downloads
from backbones.remote.filesystem import CONNECTIONS, TRIES, open_filesystem
from backbones.remote.refusal import is_passing, of_photo, unreachable
from backbones.remote.url import Url

#: Most bytes of a photo: as many as the largest takes that is decoded, in 8 bits a colour, before
#: Pillow refuses it. What a server sends beyond is not read.
LARGEST = 2 * 3 * (Image.MAX_IMAGE_PIXELS or 2**27)

#: Bytes that are read at once of what a server sends.
_PIECE = 2**20

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class RemotePhoto:
    """A photo behind a URL; it is read as a ``Path`` is.

    Parameters
    ----------
    url : Url
    version : str, optional
        By what its bytes are recognised: the ETag and size, else size and date that its place says.
        Without any, they are downloaded whenever they are needed.
    is_there : bool
        Whether its place lists it.
    size : int, optional
        Bytes, where the place says so.
    cache : Path, optional
        The cache folder, in which downloads are kept for a while; see ``Downloads``.
    """

    url: Url
    version: str | None = None
    is_there: bool = True
    size: int | None = None
    cache: Path | None = None

    def __str__(self) -> str:
        return str(self.url)

    @property
    def name(self) -> str:
        """What stands behind the last slash of its URL."""
        return self.url.name

    @property
    def key(self) -> str | None:
        """SHA-256 (hex) of place and version, by which its bytes are remembered."""
        if self.version is None:
            return None
        return hashlib.sha256(f"{self.url}\n{self.version}".encode()).hexdigest()

    def is_file(self) -> bool:
        """Whether it was there when its place was looked at."""
        return self.is_there

    def read_bytes(self) -> bytes:
        """Its bytes, downloaded unless they are kept.

        Raises
        ------
        OSError
            It is not there any more, or is larger than any photo.
        UnreachableError
            Its place cannot be read now.
        """
        downloads = None if self.cache is None else open_downloads(self.cache)
        kept = downloads.read(self.key) if downloads and self.key else None
        if kept is not None:
            return kept
        data = attempt(self.url, self._download)
        if downloads and self.key:
            downloads.keep(self.key, data)
        return data

    def _download(self) -> bytes:
        if not self.is_there:
            raise FileNotFoundError(errno.ENOENT, "there is no such photo")
        if (self.size or 0) > LARGEST:
            raise _too_large()
        system = open_filesystem(self.url.scheme)
        if not self.url.is_of_server:
            return bytes(system.cat_file(self.url.address))
        # A size is given so that it is not asked for; a server may send more, or say none at all.
        with system.open(self.url.address, "rb", block_size=0, size=self.size or 1) as file:
            data = bytearray()
            while piece := file.read(_PIECE):
                data += piece
                if len(data) > LARGEST:
                    raise _too_large()
        return bytes(data)


#: A file of this machine, or what is read as one.
Photo = Path | RemotePhoto


def attempt(place: Url, work: Callable[[], Out]) -> Out:
    """Do what needs the network, and some more times where that may help; errors name `place`.

    The libraries of buckets try again themselves; that of servers does not.

    Raises
    ------
    OSError
        The one photo cannot be had.
    UnreachableError
        Its place cannot be read.
    """
    tries = TRIES if place.is_of_server else 1
    for number in range(tries):
        try:
            return work()
        except Exception as error:  # of several libraries, which need not be installed
            if isinstance(error, OSError) and error.errno == errno.EFBIG:
                raise
            if (refused := of_photo(error)) is not None:
                raise refused from error
            if number + 1 == tries or not is_passing(error):
                raise unreachable(place, error) from error
        time.sleep(0.5 * 4**number)
    raise AssertionError("unreachable")


def together(work: Callable[[In], Out], items: Iterable[In]) -> Iterator[tuple[In, Out]]:
    """Do what waits for the network, many at once; in the order in which it is done.

    The first error ends it: what has not begun is left.
    """
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        begun = {pool.submit(work, item): item for item in items}
        try:
            for done in as_completed(begun):
                yield begun[done], done.result()
        finally:
            for one in begun:
                one.cancel()


def _too_large() -> OSError:
    return OSError(
        errno.EFBIG, f"too large to open safely (over {LARGEST:,} bytes); make it smaller"
    )


def version_of(info: dict[str, Any]) -> str | None:
    """By what the bytes of a photo are recognised, from what fsspec says of it; None if nothing.

    >>> version_of({"ETag": '"a1"', "size": 3})
    '"a1" 3'
    """
    tag = info.get("ETag") or info.get("etag")
    date = info.get("LastModified") or info.get("Last-Modified") or info.get("updated")
    known = tag or (date if info.get("size") is not None else None)
    return None if not known else f"{known} {info.get('size')}"

"""URLs of photos and of their folders: which are taken, and why others are not."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from backbones.errors import InputError

#: What begins as one, of whatever kind; ``C:\\`` does not.
_URL = re.compile(r"[A-Za-z][\w+.:-]*://")

#: What is left of one that went through a path, which makes one slash of two.
_FLATTENED = re.compile(r"(s3|gs|https?):/[^/]")

_KNOWN = "s3://bucket/folder, gs://bucket/folder or https://host/folder"


@dataclass(frozen=True, slots=True)
class Url:
    """A place in a bucket, or on a server.

    >>> print(Url("s3", "bucket", "photos") / "a b.jpg")
    s3://bucket/photos/a b.jpg
    >>> (Url("https", "host:8000", "photos") / "a b.jpg").address
    'https://host:8000/photos/a%20b.jpg'
    """

    scheme: str  #: s3, gs, https or http
    host: str  #: or the bucket
    path: str  #: without slashes at its ends; of servers, as it reads without % signs

    def __str__(self) -> str:
        return "/".join(part for part in (f"{self.scheme}://{self.host}", self.path) if part)

    def __truediv__(self, name: str) -> Url:
        return Url(self.scheme, self.host, "/".join(part for part in (self.path, name) if part))

    @property
    def address(self) -> str:
        """What the library of this kind is given."""
        if self.is_of_server:
            return f"{self.scheme}://{self.host}/{quote(self.path)}"
        return "/".join(part for part in (self.host, self.path) if part)

    @property
    def is_of_server(self) -> bool:
        """Whether it is of http or https, which list no photos."""
        return self.scheme in ("http", "https")

    @property
    def name(self) -> str:
        """What stands behind the last slash."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> Url:
        """What stands before it."""
        return Url(self.scheme, self.host, self.path.rpartition("/")[0])


def is_url(text: str) -> bool:
    """Whether a text is meant as a URL, be it one that is taken or not.

    >>> is_url("s3://bucket/photos"), is_url("file:///a"), is_url("C:/photos"), is_url("photos")
    (True, True, False, False)
    """
    return bool(_URL.match(text) or _FLATTENED.match(text))


def parse_url(text: str) -> Url:
    """Read a URL of a folder, or of a photo.

    A URL that may hold a secret is not repeated in the error.

    Raises
    ------
    InputError
        It is of another kind, names no bucket or server, holds a user, a password, a query or
        ``..``, or photos would travel unencrypted.
    """
    if _FLATTENED.match(text):
        raise InputError(
            f"{text!r}: a URL has two slashes behind its colon, and is no Path but text: {_KNOWN}"
        )
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    host, _, path = rest.partition("/")
    if "@" in host:
        raise InputError(
            f"a URL of {scheme} holds a user or a password; take them out: credentials come from "
            "the environment or a profile, never from a config or a command"
        )
    if scheme not in ("s3", "gs", "https", "http"):
        way_on = "write the path itself" if scheme == "file" else f"write {_KNOWN}"
        raise InputError(f"photos are not read from {scheme}://; {way_on}")
    if any(not letter.isprintable() for letter in text):
        raise InputError(f"a URL of {scheme} holds letters that cannot be seen; take them out")
    if scheme in ("https", "http"):
        return _of_server(scheme, host, path)
    if not re.fullmatch(r"[\w.-]+", host):
        raise InputError(f"{text!r} names no bucket; write {scheme}://bucket/folder")
    return _checked(Url(scheme, host, path.strip("/")))


def _of_server(scheme: str, host: str, path: str) -> Url:
    if "?" in host + path or "#" in host + path:
        raise InputError(
            f"a URL of {scheme}://{re.split('[?#]', host)[0]} holds a query or a #, which may be a "
            "key; take it out, and write a # or ? in the name of a folder as %23 or %3F"
        )
    try:
        split = urlsplit(f"{scheme}://{host}")
        name, _ = split.hostname, split.port
    except ValueError:
        name = None
    if not name or not re.fullmatch(r"[\w.:\[\]-]+", host):
        raise InputError(f"{scheme}://{host} names no server; write https://host/folder")
    if scheme == "http" and not _is_here(name):
        raise InputError(
            f"http://{host}: photos would travel unencrypted, and anybody on the way could change "
            "them; write https://"
        )
    return _checked(Url(scheme, host, unquote(path).strip("/")))


def _checked(url: Url) -> Url:
    if {".", ".."} & set(url.path.split("/")):
        raise InputError(f"{url}: a URL must not hold . or .. between its slashes; write it out")
    return url


def _is_here(name: str) -> bool:
    """Whether a server is this machine itself."""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False

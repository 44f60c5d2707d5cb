"""The libraries behind URLs, opened with limits of time, and only where they are installed."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from backbones.errors import InputError
from backbones.remote.url import Url, parse_url

#: For how long, s, a connection may take to be made, and then to be silent.
CONNECT, SILENCE = 10, 30

#: How often a request is tried.
TRIES = 3

#: Requests under way at once: most of the time of each is waiting.
CONNECTIONS = 32


@dataclass(frozen=True)
class Library:
    """What reads one scheme."""

    package: str  #: imported by fsspec, whose own is the interface
    extra: str  #: of this project, which installs it
    credentials: str  #: where it takes them from
    options: Callable[[], Mapping[str, Any]]


def _of_s3() -> Mapping[str, Any]:
    """Settings of botocore, which those of its environment go before."""
    settings: dict[str, Any] = {"connect_timeout": CONNECT, "read_timeout": SILENCE}
    if not {"AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"} & os.environ.keys():
        settings["retries"] = {"mode": "standard", "max_attempts": TRIES}
    settings["max_pool_connections"] = CONNECTIONS
    return {"config_kwargs": settings, "use_listings_cache": False}


def _of_gs() -> Mapping[str, Any]:
    return {"use_listings_cache": False}


def _of_servers() -> Mapping[str, Any]:
    """Proxies, and ``.netrc`` with passwords, are taken from the environment."""
    import aiohttp

    watch = aiohttp.TraceConfig()
    watch.on_request_redirect.append(_refuse_downgrade)
    time = aiohttp.ClientTimeout(total=None, connect=CONNECT, sock_read=SILENCE)
    client = {"trust_env": True, "timeout": time, "trace_configs": [watch]}
    return {"client_kwargs": client, "encoded": True}


async def _refuse_downgrade(_: object, __: object, redirect: Any) -> None:
    """A server may send on to another one, but not to one that anybody can listen to."""
    onward = redirect.response.headers.get("Location", "")
    if onward.lower().startswith("http://"):
        host = onward.partition("://")[2].partition("/")[0].rpartition("@")[2]
        parse_url(f"http://{host}")


_SERVERS = Library("aiohttp", "http", "a proxy's and a .netrc file", _of_servers)

#: Scheme -> its library.
LIBRARIES = MappingProxyType(
    {
        "s3": Library(
            "s3fs",
            "s3",
            "AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a public bucket needs "
            "FSSPEC_S3_ANON=true",
            _of_s3,
        ),
        "gs": Library(
            "gcsfs",
            "gcs",
            "GOOGLE_APPLICATION_CREDENTIALS, or gcloud auth application-default login",
            _of_gs,
        ),
        "https": _SERVERS,
        "http": _SERVERS,
    }
)


def check_installed(url: Url) -> None:
    """Look whether what reads a URL is there, without importing it.

    Raises
    ------
    InputError
        It is not; the extra is named.
    """
    library = LIBRARIES[url.scheme]
    if not all(find_spec(package) for package in ("fsspec", library.package)):
        raise InputError(
            f"{url}: for this, {library.package} has to be installed: python -m pip install "
            f"'backbone-ensemble[{library.extra}]'"
        )


@cache
def open_filesystem(scheme: str) -> Any:
    """fsspec's file system for URLs of this scheme, the same one for all of them.

    What its library logs of an error is said in the error's own line.
    """
    import fsspec

    logging.getLogger(LIBRARIES[scheme].package).addHandler(logging.NullHandler())
    options = LIBRARIES[scheme].options()
    return fsspec.filesystem(scheme, skip_instance_cache=True, **options)

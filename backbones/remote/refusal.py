"""What libraries say where a URL cannot be read, as one line with the place and the way on."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from backbones.errors import InputError, UnreachableError
from backbones.remote.filesystem import LIBRARIES
from backbones.remote.url import Url

_AGAIN = "run the same command again: what was computed is kept"

#: The codes of a store that speak of the bucket, not of what is in it.
_NO_BUCKET = ("NoSuchBucket", "InvalidBucketName", "PermanentRedirect")

#: The codes that speak of one photo, whose bytes a person has to bring back.
_ARCHIVED = ("InvalidObjectState",)

#: How servers say that something is not there.
_ABSENT = (404, 410)

#: How they say that a credential is needed, or does not do.
_DENIED = (401, 403, 407)


def is_absent(error: BaseException) -> bool:
    """Whether an error says that there is no such photo, in a place that is there."""
    chain = list(_chain(error))
    if any(isinstance(one, InputError) for one in chain):  # ours, of a redirect
        return False
    statuses = [status for one in chain if (status := _status(one))]
    if statuses:
        return statuses[0] in _ABSENT
    if any(_code(one) in _NO_BUCKET for one in chain):
        return False
    return isinstance(error, FileNotFoundError) and not any(map(_is_of_connection, chain[1:]))


def of_photo(error: BaseException) -> OSError | None:
    """An error that is of one photo, as if it were a file; None for one of its place."""
    if is_absent(error):
        return FileNotFoundError(errno.ENOENT, "there is no such photo")
    if any(_code(one) in _ARCHIVED for one in _chain(error)):
        return OSError(errno.EIO, "it lies in an archive; restore it first")
    return None


def unreachable(url: Url, error: BaseException) -> InputError:
    """The error of a place that gives no photos, or no more."""
    library, chain = LIBRARIES[url.scheme], list(_chain(error))
    ours = next((one for one in chain if isinstance(one, InputError)), None)
    if ours is not None:
        return UnreachableError(f"{url} sends on to {ours}")
    status = next((found for one in chain if (found := _status(one))), None)
    code = next((told for one in chain if (told := _code(one))), "")
    denied = f"give credentials that may list and read it: {library.credentials}"
    if code in _NO_BUCKET:
        told, way = _line(error), f"see to the name of the bucket, {url.host}, and to its region"
    elif isinstance(error, PermissionError) or status in _DENIED or code in ("403", "401"):
        told = f"the server refuses, with {status}" if status else f"access denied: {_line(error)}"
        way = denied
    elif any("Credentials" in type(one).__name__ for one in chain):
        told, way = "there are no credentials", denied
    elif status is not None:
        told, way = f"the server answers with {status}", f"wait a while, and {_AGAIN}"
    elif any(map(_is_of_connection, chain)):
        told = f"the connection failed: {_line(chain[-1])}"
        way = f"see to the network, and {_AGAIN}"
    elif isinstance(error, FileNotFoundError):
        told, way = "there is no such folder", "see to its name"
    else:
        told, way = _line(error), f"see to that, and {_AGAIN}"
    return UnreachableError(f"{url}: {told}; {way}")


def is_passing(error: BaseException) -> bool:
    """Whether the same request may do better in a moment."""
    chain = list(_chain(error))
    status = next((found for one in chain if (found := _status(one))), None)
    if status is not None:
        return status == 429 or status >= 500
    return any(map(_is_of_connection, chain))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it was made of."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _code(error: BaseException) -> str:
    """What botocore's errors are called."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _status(error: BaseException) -> int | None:
    """The number of an answer of a server, as aiohttp and gcsfs tell it."""
    name = {"aiohttp": "status", "gcsfs": "code"}.get(_package(type(error)), "")
    found = getattr(error, name, None)
    return found if isinstance(found, int) and 300 <= found < 600 else None


def _is_of_connection(error: BaseException) -> bool:
    """Whether it is of the network: by their names, as these packages may not be there."""
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    kinds = {f"{_package(one)}.{one.__name__}" for one in type(error).__mro__}
    return bool(
        kinds
        & {
            "aiohttp.ClientConnectionError",
            "aiohttp.ClientPayloadError",
            "botocore.HTTPClientError",
            "botocore.ConnectionError",
            "botocore.IncompleteReadError",
            "fsspec.FSTimeoutError",
            "socket.gaierror",
        }
    )


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def _line(error: BaseException) -> str:
    """What an error says, in one line."""
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(told).split())[:300]

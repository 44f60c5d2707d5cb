"""What goes wrong on a cluster, in a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backbones.errors import InputError


@contextmanager
def named_failures(work: str) -> Iterator[None]:
    """Turn errors of Ray in this block into those of the work, as it would raise them here.

    `work` is what a node was doing, as *extracting photo.jpg*.

    Raises
    ------
    InputError
        A worker ended again and again, or could not begin; or what the work itself raises.
    """
    from ray import exceptions

    try:
        yield
    except exceptions.RayTaskError as error:
        cause = error.cause
        if isinstance(cause, exceptions.RayError):
            raise InputError(_ended(work, cause)) from error
        if isinstance(cause, Exception):
            raise cause from error
        raise
    except exceptions.RayError as error:
        raise InputError(_ended(work, error)) from error


def _ended(work: str, error: Exception) -> str:
    text = " ".join(str(error).split())
    if "No module named" in text:
        missing = text[text.index("No module named") :][:80]
        return (
            f"a Ray node cannot begin {work}: {missing}; install backbone-ensemble there, in the "
            "version that is installed here"
        )
    return (
        f"Ray's workers ended while {work}, each time that it was tried: {text[:300]}; a node may "
        "have too little memory: set fewer parallel.actors, or parallel.backend: threads"
    )

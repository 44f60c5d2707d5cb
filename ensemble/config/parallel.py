"""Where work is done that can be done side by side."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StrictInt, field_validator

from backbones.section import Section

#: A host and a port, as Ray takes them; those of IPv6 lie in brackets.
_PLACE = re.compile(r"(ray://)?([\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")


class Parallel(Section):
    """Who extracts features and fits heads; results do not depend on it, and no run records it."""

    backend: Literal["threads", "ray"] = "threads"
    """`threads` of this process, or processes of a `ray` cluster, which needs the extra `ray`."""
    address: str = "auto"
    """Of the Ray cluster: `auto`, `local`, `HOST:PORT` or `ray://HOST:PORT`.

    `auto` is the cluster that Ray finds by itself (RAY_ADDRESS, or one that runs on this machine),
    and where there is none, `local`: one of this machine's cores, for the time of the fit.
    """
    actors: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    """Ray's processes that extract features; as many as there are cores for by default."""
    cores: Annotated[StrictInt, Field(ge=1, le=1024)] = 1
    """Of each of these processes, and of each training of a network on Ray."""
    shared: bool = False
    """Whether all nodes see the photos and `cache_dir` under the same paths.

    Then they read photos and write features themselves, and heads learn from whole maps on every
    node. Otherwise this process sends photos and takes features in: from some hundred cores on it
    is the limit.
    """

    @field_validator("address")
    @classmethod
    def _check_address(cls, address: str) -> str:
        if address in ("auto", "local") or _PLACE.fullmatch(address):
            return address
        raise ValueError("must be auto, local, HOST:PORT or ray://HOST:PORT")

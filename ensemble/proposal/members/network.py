"""A network that can be a backbone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backbones.networks.anatomy import LayerMap


@dataclass(frozen=True)
class Network:
    """What a config says of a network, and why."""

    name: str
    source: dict[str, Any]  #: keys of its entry that say where it comes from
    maps: tuple[LayerMap, ...] = ()  #: layers of half and whole depth, for heads that use positions
    comment: str = ""
    layers: tuple[str, ...] = ()  #: those that a pooled entry reads; none for its only output
    takes_any_size: bool = True
    question: str = ""  #: what only the user knows of it; till then, it is a comment of the config

    def map_bytes(self, size: Sequence[int]) -> int:
        """Bytes that the maps of a photo take, in half precision; `size` in pixels."""
        height, width = size
        return sum(
            2 * one.channels * -(-height // one.stride) * -(-width // one.stride)
            for one in self.maps
        )


@dataclass(frozen=True)
class Networks:
    """Those to propose, and what is said of others."""

    chosen: tuple[Network, ...]
    seen: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

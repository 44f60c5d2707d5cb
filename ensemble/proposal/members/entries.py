"""The backbones and heads of a config."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ensemble.proposal.findings import Entry, plain
from ensemble.proposal.members.networks import Network
from ensemble.proposal.members.scale import Scale

#: Pixels of a photo as the networks see it, for heads that use positions: 320 x 480.
_PIXELS = 320 * 480

#: To which sides are rounded: the coarsest cell of the maps.
_CELL = 32

#: A head that learns where things are; all of its settings have defaults.
_PLACES_HEAD = "density"


def member_entries(
    networks: Sequence[Network], scale: Scale, sizes: Sequence[tuple[int, int]]
) -> tuple[Entry, ...]:
    """Backbones with heads.

    `sizes` are height and width of the photos, pixels, where it is known what lies where in them,
    so that a head can count by place; else empty.
    """
    if sizes and any(network.maps for network in networks):
        return _by_place(networks, scale, sizes)
    return _pooled(networks, scale)


def describe_members(members: Sequence[Entry], scale: Scale) -> str:
    """As ``backbones: mobilenet_v2; heads: density, svr (...)``."""
    content = members_content(members)
    entries = [*content["backbones"], *content.get("joint", [])]
    named = [head for entry in entries for head in entry.get("heads", [])]
    heads = dict.fromkeys(one if isinstance(one, str) else one["head"] for one in named)
    backbones = ", ".join(entry["name"] for entry in content["backbones"])
    return f"backbones: {backbones}; heads: {', '.join(heads)} ({scale.reason})"


def members_content(members: Sequence[Entry]) -> dict[str, Any]:
    """Keys and values of the backbones and heads, without the reasons."""
    content = plain(members)
    return {**content, "backbones": [plain(one.value) for one in content["backbones"]]}


def _pooled(networks: Sequence[Network], scale: Scale) -> tuple[Entry, ...]:
    """Backbones of one row a photo."""
    entries = []
    for number, network in enumerate(networks):
        heads = Entry("heads", list(scale.heads), "" if number else scale.reason)
        entries.append(Entry("", _opened(network, heads), network.comment))
    return (Entry("backbones", list(entries)),)


def _by_place(
    networks: Sequence[Network], scale: Scale, sizes: Sequence[tuple[int, int]]
) -> tuple[Entry, ...]:
    """Backbones of whole maps with a head that counts by place, and pooled ones beside it."""
    size = Entry("image_size", frame_of(sizes), "height, width; larger shows smaller objects")
    mapped = [network for network in networks if network.maps]
    entries = []
    for network in mapped:
        heads = [] if len(mapped) > 1 else [Entry("heads", [_PLACES_HEAD])]
        keys = (size, Entry("layers", list(network.maps)), Entry("pooling", "none", "whole maps"))
        entries.append(Entry("", _opened(network, *keys, *heads), network.comment))
    last = mapped[-1]
    pooled = Network(f"{last.name}_pooled", last.source)
    regressor = Entry("heads", list(scale.heads[-1:]), scale.reason)
    entries.append(
        Entry("", _opened(pooled, size, regressor), "from the same pass over the photos")
    )
    for network in networks:
        if not network.maps:
            other = Entry("heads", list(scale.heads[-1:]))
            entries.append(Entry("", _opened(network, other), network.comment))
    joint = {"backbones": [network.name for network in mapped], "heads": [_PLACES_HEAD]}
    together = Entry("joint", [joint], "one head on the maps of both")
    return (Entry("backbones", entries), *([together] if len(mapped) > 1 else []))


def frame_of(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Height and width for photos of these sizes: of their usual shape, and not beyond them.

    >>> frame_of([(373, 560), (400, 600)]), frame_of([(4000, 3000)]), frame_of([(60, 60)])
    ([320, 480], [448, 352], [64, 64])
    """
    height, width = np.exp(np.median(np.log(np.array(sizes, dtype=np.float64)), axis=0))
    shrink = min(1.0, (_PIXELS / (height * width)) ** 0.5)
    return [max(2, round(side * shrink / _CELL)) * _CELL for side in (height, width)]


def _opened(network: Network, *keys: Entry) -> tuple[Entry, ...]:
    source = [Entry(key, value) for key, value in network.source.items()]
    given = {entry.key for entry in keys}
    return (Entry("name", network.name), *(one for one in source if one.key not in given), *keys)

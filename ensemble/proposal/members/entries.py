"""The backbones and heads of a config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backbones.plural import count
from ensemble.proposal.findings import Entry, plain
from ensemble.proposal.members.network import Network
from ensemble.proposal.members.scale import Scale
from ensemble.storage.summary import format_size

#: Pixels of a photo as the networks see it, for heads that use positions: 320 x 480.
_PIXELS = 320 * 480

#: From how many times on that photos are shrunk tiles are spoken of; and the width of an object, in
#: pixels of what the network sees, below which little is left of it.
_MUCH, _SEEN = 4.0, 8

#: To which sides are rounded: the coarsest cell of the maps.
_CELL = 32

#: A head that learns where things are; all of its settings have defaults.
_PLACES_HEAD = "density"

#: Networks that one head learns from: each takes its time and room, and helps less than the last.
_TOGETHER = 4


def member_entries(
    networks: Sequence[Network], scale: Scale, sizes: Sequence[tuple[int, int]]
) -> tuple[Entry, ...]:
    """Backbones with heads.

    `sizes` are height and width of the photos, pixels, where it is known what lies where in them,
    so that a head can count by place; else empty.
    """
    if sizes and any(network.maps and not network.question for network in networks):
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
    settled = [one for one in content["backbones"] if not one.question]
    return {**content, "backbones": [plain(one.value) for one in settled]}


def _pooled(networks: Sequence[Network], scale: Scale) -> tuple[Entry, ...]:
    """Backbones of one row a photo."""
    entries = []
    for number, network in enumerate(networks):
        heads = Entry("heads", list(scale.heads), "" if number else scale.reason)
        entries.append(_opened(network, *_layers(network), heads))
    return (Entry("backbones", entries),)


def _by_place(
    networks: Sequence[Network], scale: Scale, sizes: Sequence[tuple[int, int]]
) -> tuple[Entry, ...]:
    """Backbones of whole maps with a head that counts by place, and pooled ones beside it."""
    frame = frame_of(sizes)
    mapped = _mapped([network for network in networks if not network.question])
    together = mapped[-_TOGETHER:] if len(mapped) > 1 else []
    size = Entry("image_size", frame, _about_size(frame, sizes))
    entries = []
    for network in networks:
        if network in mapped or (network.question and network.maps):
            heads = [] if network in together else [Entry("heads", [_PLACES_HEAD])]
            entries.append(_opened(network, *_whole(network, size), *heads))
    regressor = list(scale.heads[-1:])
    last = mapped[-1]
    beside = replace(last, name=f"{last.name}_pooled", comment="from the same pass over the photos")
    keys = (*_sized(last, size), *_layers(last), Entry("heads", regressor, scale.reason))
    entries.append(_opened(beside, *keys))
    for network in networks:
        if network not in mapped and not (network.question and network.maps):
            entries.append(_opened(network, *_layers(network), Entry("heads", regressor)))
    return (Entry("backbones", entries), *_joint(together, frame, len(sizes)))


def _mapped(networks: Sequence[Network]) -> list[Network]:
    """Those whose maps a head can learn from: of the photos' own shape, where there are such."""
    mapped = [network for network in networks if network.maps]
    return [network for network in mapped if network.takes_any_size] or mapped


def _joint(together: Sequence[Network], frame: Sequence[int], photos: int) -> tuple[Entry, ...]:
    """One head on the maps of several networks, and what it costs."""
    if not together:
        return ()
    size = format_size(photos * sum(network.map_bytes(frame) for network in together))
    reason = (
        f"one head on the maps of {count(len(together), 'network')}, which errs less than on those "
        "of one where photos are many; each costs a pass over the photos, and the maps of "
        f"{count(photos, 'photo')} take {size}"
    )
    names = [network.name for network in together]
    return (Entry("joint", [{"backbones": names, "heads": [_PLACES_HEAD]}], reason),)


def _whole(network: Network, size: Entry) -> tuple[Entry, ...]:
    """The keys of an entry that keeps maps."""
    layers = Entry("layers", [one.layer for one in network.maps])
    return (*_sized(network, size), layers, Entry("pooling", "none", "whole maps"))


def _sized(network: Network, size: Entry) -> tuple[Entry, ...]:
    return (size,) if network.takes_any_size else ()


def _layers(network: Network) -> tuple[Entry, ...]:
    """The key of an entry that pools, where the network's output is no feature."""
    why = "the last map in it" if network.layers else ""
    return (Entry("layers", list(network.layers), why),) if network.layers else ()


def frame_of(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Height and width for photos of these sizes: of their usual shape, and not beyond them.

    >>> frame_of([(373, 560), (400, 600)]), frame_of([(4000, 3000)]), frame_of([(60, 60)])
    ([320, 480], [448, 352], [64, 64])
    """
    height, width = np.exp(np.median(np.log(np.array(sizes, dtype=np.float64)), axis=0))
    shrink = min(1.0, (_PIXELS / (height * width)) ** 0.5)
    return [max(2, round(side * shrink / _CELL)) * _CELL for side in (height, width)]


def _about_size(frame: Sequence[int], sizes: Sequence[tuple[int, int]]) -> str:
    """What the size of the frame does to what is in photos of these sizes."""
    told = "height, width; larger shows smaller objects"
    shrunk = float(np.median([height / frame[0] for height, _ in sizes]))
    if shrunk < _MUCH:
        return told
    return (
        f"{told}. Photos are shrunk {shrunk:.0f} times: where objects are less than "
        f"{_SEEN * shrunk:.0f} pixels wide, take [512, 512] and tile: {{size: [512, 512]}}"
    )


def _opened(network: Network, *keys: Entry) -> Entry:
    """An entry of `backbones`: what says where the network comes from, and these keys."""
    source = [Entry(key, value) for key, value in network.source.items()]
    given = {entry.key for entry in keys}
    value = (Entry("name", network.name), *(one for one in source if one.key not in given), *keys)
    return Entry("", value, network.comment, network.question)

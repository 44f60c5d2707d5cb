"""What a saved network takes and gives, and which of its layers are worth reading."""

from __future__ import annotations

import graphlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.networks.catalog import import_keras, unallocated
from backbones.networks.inputs import photo_input
from backbones.networks.layers import Use, trace, walk
from backbones.networks.pinned import pinned
from backbones.networks.saved import build_saved, first_line

#: Pixels a side of a photo for which layers are looked at, where a network takes any: no multiple
#: of the other, so that a map that is turned is not taken for one.
_PROBE = (256, 384)

#: Pixels between the cells of maps that are looked for: of half depth, and of whole depth.
_STRIDES = (16, 32)

#: Cells that layers without padding take off the sides of a map.
_CUT_OFF = 2

#: Channels of a map, beyond which a layer widens what it is given: the first step of many blocks,
#: and what classifiers look at. It says no more than the layer before it, and takes more room.
_WIDE = 512

#: Layers of Keras that bring pixels of 0 to 255 to a network's own scale.
_SCALING = frozenset({"Rescaling", "Normalization"})


@dataclass(frozen=True)
class LayerMap:
    """A feature map that a layer gives."""

    layer: str  #: path, as ``layers`` names it
    stride: int  #: pixels of the input between its cells
    channels: int


@dataclass(frozen=True)
class Anatomy:
    """What a network takes and gives."""

    size: tuple[int, int] | None  #: height and width, pixels, of the only photos that it takes
    scales: bool  #: whether it takes pixels of 0 to 255, and scales them itself
    maps: tuple[LayerMap, ...]  #: the last ones of half and of whole depth
    layers: tuple[str, ...]  #: those whose mean tells most of a photo; none: its only output


@pinned()
def inspect_saved(path: Path) -> Anatomy:
    """Look at a saved network, ``.keras``, without weights; none of its code is run.

    Raises
    ------
    InputError
        It cannot be opened, is no graph of layers, or takes something else than a photo.
    """
    with unallocated():
        model = build_saved(path)
        height, width, _ = photo_input(model, str(path))
        return _inspect(model, (height, width), str(path))


def _inspect(model: Any, native: tuple[int | None, int | None], name: str) -> Anatomy:
    size = (native[0] or _PROBE[0], native[1] or _PROBE[1])
    declared = model.inputs[0]
    photo = import_keras().Input((*size, declared.shape[3]), dtype=declared.dtype)
    try:
        traced = trace(model, photo)
    except (ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{name} cannot take photos of {size[0]} x {size[1]}: {first_line(error)}; save a "
            "model that does"
        ) from None
    uses = _in_order(dict(walk(traced)))
    cuts = list(_cuts(uses, traced.outputs))
    found = [_last_map(cuts, size, stride) for stride in _STRIDES]
    maps = tuple(one for one in found if one)
    return Anatomy(
        size if all(native) else None,
        "float" not in declared.dtype or _scales(uses.values()),
        maps,
        () if _ends_in_features(uses, traced.outputs) else _deepest(cuts),
    )


def _in_order(uses: Mapping[str, Use]) -> dict[str, Use]:
    """The uses of layers, each behind those that it takes something from."""
    giver = {id(tensor): path for path, use in uses.items() for tensor in use.outputs}
    before = {
        path: {giver[id(one)] for one in use.inputs if id(one) in giver}
        for path, use in uses.items()
    }
    return {path: uses[path] for path in graphlib.TopologicalSorter(before).static_order()}


def _cuts(uses: Mapping[str, Use], outputs: Sequence[Any]) -> Iterator[tuple[str, Use]]:
    """The uses of layers through which everything passes, as it does at the end of each block.

    Behind such a layer, nothing that came before it is still needed.
    """
    needed = Counter(id(one) for use in uses.values() for one in use.inputs)
    needed.update(map(id, outputs))
    waiting: set[int] = set()
    for path, use in uses.items():
        for one in use.inputs:
            needed[id(one)] -= 1
            (waiting.add if needed[id(one)] else waiting.discard)(id(one))
        given = {id(one) for one in use.outputs if needed[id(one)]}
        waiting |= given
        if len(given) == 1 and waiting == given:
            yield path, use


def _last_map(
    cuts: Sequence[tuple[str, Use]], size: tuple[int, int], stride: int
) -> LayerMap | None:
    """The last of the layers whose cells are so many pixels apart, before what only widens it.

    A layer that only pools shows nothing that the finer maps do not.
    """
    found = []
    for path, use in cuts:
        shape = tuple(use.outputs[0].shape)
        if len(shape) == 4 and not _pools(use) and _fits(shape[1:3], size, stride):
            found.append(LayerMap(path, stride, int(shape[3])))
    # Where only the first half is narrow, later layers are not made of it, but have learned more.
    narrow = [one for one in found[len(found) // 2 :] if one.channels <= _WIDE]
    return next(reversed(narrow or found), None)


def _fits(cells: Sequence[int], size: Sequence[int], stride: int) -> bool:
    """Whether a map has a cell for each so many pixels, but for what layers cut off at the edges.

    It has more than half of them, or it is a coarser one.

    >>> [_fits((rows, 24), (256, 384), 16) for rows in (16, 14, 8)]
    [True, True, False]
    """
    return all(
        max(-(-side // stride) - _CUT_OFF, side / stride / 2 + 1) <= own <= -(-side // stride)
        for own, side in zip(cells, size, strict=True)
    )


def _deepest(cuts: Sequence[tuple[str, Use]]) -> tuple[str, ...]:
    """The last layer that gives a map, below what a classifier makes of it."""
    maps = [path for path, use in cuts if len(use.outputs[0].shape) == 4 and not _pools(use)]
    return tuple(maps[-1:])


def _pools(use: Use) -> bool:
    return "Pool" in use.kind


def _ends_in_features(uses: Mapping[str, Use], outputs: Sequence[Any]) -> bool:
    """Whether the only output is a map, or the row that one is pooled to, and no class or score."""
    if len(outputs) != 1:
        return False
    last = [use for use in uses.values() if any(one is outputs[0] for one in use.outputs)]
    return len(outputs[0].shape) == 4 or any(map(_pools, last))


def _scales(uses: Iterable[Use]) -> bool:
    """Whether a layer that scales comes before the first one that looks at pixels."""
    for use in uses:
        if use.kind in _SCALING:
            return True
        if "Conv" in use.kind or "Dense" in use.kind:
            return False
    return False

"""The backbones of a config: networks whose weights are at hand, or can be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

from backbones.errors import InputError
from backbones.networks.anatomy import LayerMap
from backbones.networks.backbone import resolve
from backbones.networks.spec import BackboneSpec
from ensemble.proposal.members.network import Network, Networks
from ensemble.proposal.members.saved import find_saved

#: Light builders of keras.applications, and their last layers at strides of 16 and 32 pixels.
BUILDERS = (
    Network(
        "mobilenet_v2",
        {"application": "MobileNetV2"},
        (LayerMap("block_12_add", 16, 96), LayerMap("block_16_project_BN", 32, 320)),
        "14 MB with its classifier: the fastest",
    ),
    Network(
        "efficientnet_b0",
        {"application": "EfficientNetB0"},
        (LayerMap("block5c_add", 16, 112), LayerMap("block7a_project_bn", 32, 320)),
        "twice the time of MobileNetV2, and better",
    ),
)


def find_networks(cache: Path, saved: Path | None = None) -> Networks:
    """The builders whose weights are there or come when asked for, and saved networks at hand.

    Weights are fetched, as the first fit would. Where none comes, one builder falls back to random
    weights, and that is said. `saved` is a file or folder, as of ``find_saved``.

    Raises
    ------
    InputError
        Nothing in `saved` can be a backbone.
    """
    found = find_saved(saved, cache)
    builders, missing = _builders(cache)
    asked = [
        f"{one.name} waits in the config as a comment: its file does not say how photos are scaled"
        for one in found.asking
    ]
    if builders or found.usable:
        chosen = _apart([*builders, *found.usable, *found.asking])
        return Networks(chosen, (*missing, *found.left_out, *asked))
    first = BUILDERS[0]
    random = replace(first, source={**first.source, "fallback": "random"})
    caution = _of_random(first.name, missing[0])
    return Networks(_apart([random, *found.asking]), (*found.left_out, *asked), (caution,))


def _builders(cache: Path) -> tuple[list[Network], list[str]]:
    """Those whose weights are at hand; lines of why others' are not."""
    chosen, missing = [], []
    for network in BUILDERS:
        try:
            resolve([BackboneSpec(name=network.name, **network.source)], cache)
        except InputError as error:
            missing.append(f"{network.name} is left out: {_shortened(error)}")
        else:
            chosen.append(network)
    return chosen, missing


def _of_random(name: str, reason: str) -> str:
    return (
        f"no imagenet weights are at hand, and none could be fetched ({_shortened(reason)}): "
        f"{name} falls back to random weights, with which scores are far worse"
    )


def _apart(networks: Sequence[Network]) -> tuple[Network, ...]:
    """The networks, each with a name of its own."""
    named: dict[str, Network] = {}
    for network in networks:
        names = chain([network.name], (f"{network.name}_{number}" for number in count(2)))
        name = next(one for one in names if one not in named)
        named[name] = replace(network, name=name)
    return tuple(named.values())


def _shortened(error: InputError | str) -> str:
    """The first sentence of what is wrong, without the ways on."""
    text = error if isinstance(error, str) else error.mistakes[0]
    return " ".join(text.partition(" Three ways on")[0].split())[:300]

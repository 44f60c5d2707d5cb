"""The backbones of a config: networks whose weights are at hand, or can be fetched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.networks.archive import read_saved
from backbones.networks.backbone import resolve
from backbones.networks.spec import BackboneSpec


@dataclass(frozen=True)
class Network:
    """A network that can be a backbone."""

    name: str
    source: dict[str, Any]  #: keys of its entry that say where it comes from
    maps: tuple[str, ...] = ()  #: layers of half and whole depth, for heads that use positions
    comment: str = ""


@dataclass(frozen=True)
class Networks:
    """Those to propose, and what is said of others."""

    chosen: tuple[Network, ...]
    seen: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


#: Light builders of keras.applications, and their last layers at strides of 16 and 32 pixels.
BUILDERS = (
    Network(
        "mobilenet_v2",
        {"application": "MobileNetV2"},
        ("block_12_add", "block_16_project_BN"),
        "14 MB with its classifier: the fastest",
    ),
    Network(
        "efficientnet_b0",
        {"application": "EfficientNetB0"},
        ("block5c_add", "block7a_project_bn"),
        "twice the time of MobileNetV2, and better",
    ),
)

#: Of saved networks, the largest; each one is a further pass over all photos.
_SAVED = 2

#: Pixels a side of a saved network that takes any size.
_SIZE = [224, 224]

#: Layers of Keras that bring pixels of 0 to 255 to a network's own scale.
_SCALING = frozenset({"Rescaling", "Normalization"})


def find_networks(cache: Path) -> Networks:
    """The builders whose weights are there or come when asked for, and saved networks at hand.

    Weights are fetched, as the first fit would. Where none comes, one builder falls back to random
    weights, and that is said.
    """
    chosen, seen = [], []
    for network in BUILDERS:
        spec = BackboneSpec(name=network.name, **network.source)
        try:
            resolve([spec], cache)
        except InputError as error:
            seen.append(f"{network.name} is left out: {_shortened(error)}")
        else:
            chosen.append(network)
    saved, unclear = _saved_networks()
    if chosen or saved:
        return Networks((*chosen, *saved), (*seen, *unclear))
    first = BUILDERS[0]
    random = Network(first.name, {**first.source, "fallback": "random"}, first.maps)
    caution = (
        f"no imagenet weights are at hand, and none could be fetched ({_shortened(seen[0])}): "
        f"{first.name} falls back to random weights, with which scores are far worse"
    )
    return Networks((random,), tuple(unclear), (caution,))


def _saved_networks() -> tuple[list[Network], list[str]]:
    """The networks in KERAS_HOME that scale pixels themselves, the largest first; and others."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    files = sorted(home.glob("*.keras"), key=lambda file: (-file.stat().st_size, file.name))
    usable: list[Network] = []
    unclear: list[str] = []
    for file in files:
        try:
            layers = read_saved(file).layers["config"]["layers"]
        except (InputError, KeyError, TypeError):
            unclear.append(f"{file} is left out: it is no network of layers that is read")
            continue
        if not _scales(layers):
            unclear.append(
                f"{file} is left out: it does not scale pixels itself, and which preprocessing it "
                "needs (tf, caffe, torch) the file does not say"
            )
        elif len(usable) < _SAVED:
            usable.append(_network(file, layers))
    return usable, unclear


def _scales(layers: Sequence[dict[str, Any]]) -> bool:
    return any(layer.get("class_name") in _SCALING for layer in layers[:3])


def _network(file: Path, layers: Sequence[dict[str, Any]]) -> Network:
    shape = layers[0].get("config", {}).get("batch_shape") or [None] * 4
    size = {} if shape[1] else {"image_size": _SIZE}
    name = "".join(one if one.isascii() and one.isalnum() else "_" for one in file.stem)
    source = {"model": str(file), "preprocessing": "none", **size}
    return Network(name.strip("_")[:40] or "saved", source, (), "a network of yours, by the file")


def _shortened(error: InputError | str) -> str:
    """The first sentence of what is wrong, without the ways on."""
    text = error if isinstance(error, str) else error.mistakes[0]
    return " ".join(text.partition(" Three ways on")[0].split())[:300]

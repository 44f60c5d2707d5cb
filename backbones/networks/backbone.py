"""Backbones resolved from config entries: validated by Keras, with size, weights and cache key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

from backbones.disk.sealed import read_sealed, write_sealed
from backbones.errors import InputError
from backbones.key import key
from backbones.networks import network
from backbones.networks.download import Download
from backbones.networks.network import Shape
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights, find, imagenet_download
from backbones.photos.framing import View

#: Version of the features: raised whenever decoding or extraction gives other values than before.
FORMAT = 2


@dataclass(frozen=True)
class Facts:
    """Properties of an entry's network. Keras takes seconds to report them, so they are cached."""

    size: tuple[int, int]  #: height, width in pixels
    shapes: tuple[Shape, ...]  #: of its feature maps; (1, 1, d) for a feature row
    download: Download | None  #: the file of its imagenet weights, if it uses them


@dataclass(frozen=True)
class Backbone:
    """A validated backbone: its config entry, input size, feature shapes and weights."""

    spec: BackboneSpec
    size: tuple[int, int]
    shapes: tuple[Shape, ...]
    weights: Weights
    keras_version: str
    #: Digest (hex) of its network in whole numbers; see ``backbones.features.quantised``.
    quantisation: str = ""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def view(self) -> View:
        """What the network sees of a photo: it, or its tiles, in the size of its input."""
        return self.size, self.spec.framing

    @property
    def length(self) -> int:
        """Number of features of a photo, or a tile."""
        return sum(prod(shape) for shape in self.shapes)

    @property
    def dtype(self) -> str:
        """Data type of the stored features."""
        return "float16" if self.spec.keeps_maps else "float32"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that determines the features of a photo."""
        return self._key(_NOT_IN_FEATURES)

    @property
    def is_quantised(self) -> bool:
        """Whether it is computed in whole numbers, by a network that is made for it."""
        return self.spec.precision == "int8"

    @property
    def forward_pass(self) -> str:
        """SHA-256 (hex) of all but layers and pooling; backbones that share it share one pass.

        One in whole numbers has a pass of its own: its network ends at its layers.
        """
        if self.is_quantised:
            return self.fingerprint
        return self._key(_NOT_IN_FEATURES | {"layers", "pooling"})

    def _key(self, excluded: set[str]) -> str:
        entry = self.spec.model_dump(mode="json", exclude=excluded)
        if self.spec.precision == "float32":  # as all were when keys did not hold it
            del entry["precision"]
        if self.is_quantised:
            entry["quantisation"] = self.quantisation
        return key(
            {
                **entry,
                "size": self.size,
                # Some builders build another graph for imagenet than for a file of its weights.
                "weights": [self.weights.source, self.weights.digest],
                "keras": self.keras_version,
                "format": FORMAT,
            }
        )


def joint_network(backbones: Sequence[Backbone]) -> Any:
    """Build the Keras model of backbones that share one forward pass.

    See ``backbones.networks.network.build``.
    """
    first = backbones[0]
    return network.build([backbone.spec for backbone in backbones], first.size, first.weights)


def largest(backbones: Sequence[Backbone]) -> Backbone:
    """Return the backbone with the most pixels of input, the first of equals."""
    return max(backbones, key=lambda backbone: prod(backbone.size))


#: Keys of an entry that do not affect features, or that Backbone holds in resolved form.
_NOT_IN_FEATURES = {"name", "model", "weights", "weights_seed", "fallback", "image_size", "heads"}


def resolve(specs: Sequence[BackboneSpec], cache: Path) -> list[Backbone]:
    """Validate every entry against Keras and its files; no network is run and no photo read.

    `cache` is a folder for the answers of Keras, so that Keras is not imported the next time.

    Raises
    ------
    InputError
        All mistakes of all entries at once.
    """
    backbones, mistakes = [], []
    for spec in specs:
        try:
            backbones.append(_resolve(spec, cache))
        except InputError as error:
            mistakes.append(f"backbones.{spec.name}.{error}")
    if mistakes:
        raise InputError("backbones that cannot be used:", mistakes)
    return backbones


def _resolve(spec: BackboneSpec, cache: Path) -> Backbone:
    keras_version = version("keras")
    weights = find(spec, None, keras_version) if spec.weights_file else None
    facts_key = key(
        {
            **spec.model_dump(mode="json", exclude={"name", "fallback", "heads", "precision"}),
            "file": weights.digest if weights else None,
            "keras": keras_version,
            "format": FORMAT,
            "facts": ["sealed", *(field.name for field in fields(Facts))],
        }
    )
    facts = _load_facts(cache / "networks" / f"{facts_key}.json", spec)
    weights = weights or find(spec, facts.download, keras_version)
    return Backbone(spec, facts.size, facts.shapes, weights, keras_version)


def _load_facts(path: Path, spec: BackboneSpec) -> Facts:
    known = read_sealed(path)
    if known is not None:
        content = json.loads(known)
        download = Download(**content["download"]) if content["download"] else None
        shapes = tuple((h, w, c) for h, w, c in content["shapes"])
        return Facts((content["size"][0], content["size"][1]), shapes, download)
    facts = _ask_keras(spec)
    write_sealed(path, json.dumps(asdict(facts)).encode())
    return facts


def _ask_keras(spec: BackboneSpec) -> Facts:
    size = spec.image_size or network.native_size(spec)
    shapes = tuple(network.feature_shapes(spec, size))
    imagenet = spec.application is not None and spec.weights == "imagenet"
    return Facts(size, shapes, imagenet_download(spec, size) if imagenet else None)

"""A config entry held against Keras and the files: what will run, and under which key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.files import atomic_write
from backbones.key import key
from backbones.networks import network
from backbones.networks.network import Shape
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Download, Weights, find, imagenet_download

#: Raised whenever photos are decoded or features are made in another way than before.
FORMAT = 2


@dataclass(frozen=True)
class Facts:
    """What Keras says of an entry. Costs seconds to ask, so it is kept on disk."""

    size: tuple[int, int]  #: height, width in pixels
    shapes: tuple[Shape, ...]  #: of its maps, or (1, 1, d) of a row
    download: Download | None  #: what weights: imagenet means here


@dataclass(frozen=True)
class Backbone:
    """A backbone that is known to work: its entry, its size, its weights and its key."""

    spec: BackboneSpec
    size: tuple[int, int]
    shapes: tuple[Shape, ...]
    weights: Weights
    keras_version: str

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def length(self) -> int:
        """Of the features of a photo, in numbers."""
        return sum(prod(shape) for shape in self.shapes)

    @property
    def dtype(self) -> str:
        """Of the features in the store."""
        return "float16" if self.spec.keeps_maps else "float32"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of all that decides the features of a photo."""
        return self._key(_NOT_IN_FEATURES)

    @property
    def forward_pass(self) -> str:
        """SHA-256 (hex) of all but what is read out: one pass serves backbones with the same."""
        return self._key(_NOT_IN_FEATURES | {"layers", "pooling"})

    def _key(self, excluded: set[str]) -> str:
        entry = self.spec.model_dump(mode="json", exclude=excluded)
        return key(
            {
                **entry,
                "size": self.size,
                # Some builders lay out another graph for imagenet than for a file of it.
                "weights": [self.weights.source, self.weights.digest],
                "keras": self.keras_version,
                "format": FORMAT,
            }
        )


def joint_network(backbones: Sequence[Backbone]) -> Any:
    """The Keras model of backbones with one forward pass.

    See ``backbones.networks.network.build``.
    """
    first = backbones[0]
    return network.build([one.spec for one in backbones], first.size, first.weights)


#: Keys of an entry that change no feature, or that Backbone states more exactly.
_NOT_IN_FEATURES = {"name", "model", "weights", "weights_seed", "fallback", "image_size", "heads"}


def resolve(specs: Sequence[BackboneSpec], cache: Path) -> list[Backbone]:
    """Every entry held against Keras and the files; nothing is run, no photo is read.

    `cache` is a folder that keeps what Keras said, so that the next time Keras is not imported.

    Raises
    ------
    InputError
        All mistakes of all entries at once.
    """
    found, mistakes = [], []
    for spec in specs:
        try:
            found.append(_resolve(spec, cache))
        except InputError as error:
            mistakes.append(f"backbones.{spec.name}.{error}")
    if mistakes:
        raise InputError("backbones that cannot be used:", mistakes)
    return found


def _resolve(spec: BackboneSpec, cache: Path) -> Backbone:
    keras_version = version("keras")
    weights = find(spec, None, keras_version) if spec.weights_file else None
    kept_as = key(
        {
            **spec.model_dump(mode="json", exclude={"name", "fallback", "heads"}),
            "file": weights.digest if weights else None,
            "keras": keras_version,
            "format": FORMAT,
            "facts": [one.name for one in fields(Facts)],
        }
    )
    facts = _load_facts(cache / "networks" / f"{kept_as}.json", spec)
    weights = weights or find(spec, facts.download, keras_version)
    return Backbone(spec, facts.size, facts.shapes, weights, keras_version)


def _load_facts(path: Path, spec: BackboneSpec) -> Facts:
    if path.is_file():
        kept = json.loads(path.read_text())
        download = Download(**kept["download"]) if kept["download"] else None
        shapes = tuple((h, w, c) for h, w, c in kept["shapes"])
        return Facts((kept["size"][0], kept["size"][1]), shapes, download)
    facts = _ask_keras(spec)
    with atomic_write(path) as partial:
        partial.write_text(json.dumps(asdict(facts)))
    return facts


def _ask_keras(spec: BackboneSpec) -> Facts:
    size = spec.image_size or network.native_size(spec)
    shapes = tuple(network.feature_shapes(spec, size))
    imagenet = spec.application is not None and spec.weights == "imagenet"
    return Facts(size, shapes, imagenet_download(spec, size) if imagenet else None)

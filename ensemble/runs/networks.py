"""The networks of a run, ``backbones.json``: written, and opened without asking Keras for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.files import hash_file
from backbones.networks.backbone import FORMAT, Backbone, resolve
from backbones.networks.download import Download
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights, find


def describe(backbone: Backbone) -> dict[str, Any]:
    """All that opens the network again, for JSON."""
    weights = backbone.weights
    return {
        "fingerprint": backbone.fingerprint,
        "image_size": list(backbone.size),
        "shapes": [list(shape) for shape in backbone.shapes],
        "keras": backbone.keras_version,
        "weights": weights.source,
        "weights_file": weights.path.name if weights.path else None,
        "weights_digest": weights.digest,
        **({"quantisation": backbone.quantisation} if backbone.is_quantised else {}),
        "fell_back_to_random": weights.fell_back,
    }


@dataclass(frozen=True)
class Networks:
    """What a run of format 2 says of its networks, and where they are looked for.

    Parameters
    ----------
    described : mapping
        The content of ``backbones.json``.
    features : str
        The ``backbones.networks.backbone.FORMAT`` of the fit.
    keras_version : str
        Of the Keras that builds the networks, or has built those that are converted already. Keys
        of what is computed hold it.
    cache : Path
        Where what Keras says of a download is kept.
    """

    described: Mapping[str, Mapping[str, Any]]
    features: str
    keras_version: str
    cache: Path

    def open(self, specs: Sequence[BackboneSpec]) -> list[Backbone]:
        """The backbones of the run's config; Keras is asked only for weights that are missing.

        Raises
        ------
        InputError
            Weights that are missing or other than the run's: all of them.
        """
        found, mistakes = [], missing_files(specs)
        for spec in specs if not mistakes else ():
            try:
                found.append(self._open(spec))
            except InputError as error:
                mistakes += error.mistakes
        if mistakes:
            raise InputError(
                "networks that are not those of the run; bring those, or run the fit again:",
                mistakes,
            )
        return found

    def _open(self, spec: BackboneSpec) -> Backbone:
        then = self.described[spec.name]
        height, width = then["image_size"]
        shapes = tuple((h, w, c) for h, w, c in then["shapes"])
        weights = self._weights(spec, then)
        quantisation = then["quantisation"] if spec.precision == "int8" else ""
        backbone = Backbone(spec, (height, width), shapes, weights, then["keras"], quantisation)
        # Features that are made in another way are for the run's probe to judge.
        if self.features == str(FORMAT) and backbone.fingerprint != then["fingerprint"]:
            raise InputError(difference(backbone, then))
        if weights.source == "random":  # their digest holds the version, too
            weights = find(spec, None, self.keras_version)
        return replace(backbone, weights=weights, keras_version=self.keras_version)

    def _weights(self, spec: BackboneSpec, then: Mapping[str, Any]) -> Weights:
        source = then["weights"]
        if source == "random" and spec.weights == "random":
            return Weights(source, then["weights_digest"])
        if spec.weights_file is not None:
            key = "model" if spec.model is not None else "weights"
            return _of_file(spec.weights_file, f"backbones.{spec.name}.{key}", then)
        if source != "imagenet" or spec.weights != "imagenet":
            raise InputError(
                f"backbones.{spec.name}.weights: {spec.weights}; those of the run are "
                f"{source} {then['weights_digest']}; leave the setting out"
            )
        path = Download(then["weights_file"], "", None).path
        if not path.is_file():  # Keras knows from where to fetch it
            (here,) = resolve([spec], self.cache)
            path = here.weights.path or path
        return _of_file(path, f"backbones.{spec.name}.weights", then)


def difference(backbone: Backbone, then: Mapping[str, Any]) -> str:
    """How a network differs from what the run says of it."""
    weights, size = backbone.weights, list(backbone.size)
    here, before = (
        f"{weights.source} {weights.digest}",
        f"{then['weights']} {then['weights_digest']}",
    )
    parts = [f"weights {here}, in the run {before if before != here else 'the same'}"]
    if size != then["image_size"]:
        parts.append(f"image_size {size}, in the run {then['image_size']}")
    if backbone.keras_version != then["keras"]:
        parts.append(f"Keras {backbone.keras_version}, in the run {then['keras']}")
    return (
        f"{backbone.name}: {'; '.join(parts)}; the keys of their features differ: "
        f"{backbone.fingerprint}, in the run {then['fingerprint']}"
    )


def missing_files(specs: Sequence[BackboneSpec]) -> list[str]:
    """Files that entries name and that are not there, with the way out."""
    missing = []
    for spec in specs:
        if spec.weights_file is not None and not spec.weights_file.is_file():
            key = f"backbones.{spec.name}.{'model' if spec.model is not None else 'weights'}"
            missing.append(
                f"{key}: there is no file {spec.weights_file}; where it lies elsewhere, say --set "
                f"{key}=PATH"
            )
    return missing


def _of_file(path: Path, key: str, then: Mapping[str, Any]) -> Weights:
    digest = hash_file(path)
    if digest != then["weights_digest"]:
        raise InputError(
            f"{key}: {path} has the SHA-256 {digest}, and the weights of the run "
            f"({then['weights_file']}) {then['weights_digest']}; bring that file, or run the fit "
            "again"
        )
    return Weights(then["weights"], digest, path)

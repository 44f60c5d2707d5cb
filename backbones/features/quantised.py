"""Networks of ``precision: int8`` made from those in single precision, on photos of the fit."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from backbones.disk.sealed import read_sealed, write_sealed
from backbones.engines import EngineChoice, Photos, converted_network
from backbones.engines.openvino import is_whole, place_network
from backbones.engines.quantisation import quantisation_versions, quantise
from backbones.errors import InputError, first_ten
from backbones.features.extract import load_file
from backbones.features.forward_pass import converted_path
from backbones.files import temporary_folder
from backbones.key import key
from backbones.networks.backbone import Backbone, joint_network

_LOG = logging.getLogger("ensemble")

#: Photos that show what range the numbers in a network have.
_PHOTOS = 100


def quantise_networks(
    backbones: Sequence[Backbone],
    photos: Mapping[str, Sequence[Path]],
    cache: Path,
    choice: EngineChoice,
) -> tuple[Backbone, ...]:
    """The backbones, those of ``precision: int8`` with a network that lies in the cache.

    It hangs on 100 of the photos (digest -> files): those with the smallest digests, of all that
    can be decoded. Where it was made before, only these are decoded.

    Raises
    ------
    InputError
        No photo can be decoded, or a network cannot be converted.
    """
    return tuple(
        _quantise(one, photos, cache, choice) if one.is_quantised else one for one in backbones
    )


def _quantise(
    backbone: Backbone, photos: Mapping[str, Sequence[Path]], cache: Path, choice: EngineChoice
) -> Backbone:
    shown = _decode(backbone, photos)
    exact = replace(backbone, spec=backbone.spec.model_copy(update={"precision": "float32"}))
    made_of = key([exact.fingerprint, list(shown), quantisation_versions()])
    note = cache / "networks" / f"{made_of[:32]}.json"
    known = read_sealed(note)
    if known is not None:
        quantised = replace(backbone, quantisation=known.decode())
        if is_whole(converted_path([quantised], cache)):
            return quantised
    _LOG.info("  %s: its network in whole numbers, on %d photos", backbone.name, len(shown))
    build = partial(joint_network, [exact])
    name = f"backbone {backbone.name}"
    source = converted_network(choice, build, converted_path([exact], cache), name, "int8")
    assert source is not None  # or that would have been refused
    with temporary_folder(source.parent) as folder:
        digest = quantise(source, list(shown.values()), folder / "network.xml")
        quantised = replace(backbone, quantisation=digest)
        place_network(folder / "network.xml", converted_path([quantised], cache))
    write_sealed(note, digest.encode())
    return quantised


def _decode(backbone: Backbone, photos: Mapping[str, Sequence[Path]]) -> dict[str, Photos]:
    """The first photos by their digests, as the network takes them; others are told of later."""
    view = (backbone.size, backbone.spec.resize)
    shown: dict[str, Photos] = {}
    mistakes: list[str] = []
    for digest in sorted(photos):
        try:
            shown[digest] = load_file(photos[digest], digest)({view})[view]
        except InputError as error:
            mistakes += error.mistakes
        if len(shown) == _PHOTOS:
            break
    if not shown:
        raise InputError("photos that cannot be used:", first_ten(mistakes))
    return shown

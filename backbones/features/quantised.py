"""Networks of ``precision: int8`` made from those in single precision, on photos of the fit."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from backbones.disk.sealed import read_sealed, write_sealed
from backbones.engines import EngineChoice, Photos, converted_network
from backbones.engines.agreement import check_repeatable
from backbones.engines.openvino import is_whole, load_function, place_network
from backbones.engines.quantisation import quantisation_versions, quantise
from backbones.errors import InputError, UnreachableError, first_ten
from backbones.features.extract import load_file
from backbones.features.forward_pass import converted_path
from backbones.files import temporary_folder
from backbones.key import key
from backbones.networks.backbone import Backbone, joint_network
from backbones.plural import count
from backbones.progress import Progress
from backbones.remote.photo import Photo

_LOG = logging.getLogger("ensemble")

#: Photos that show what range the numbers in a network have.
_PHOTOS = 100

#: Of these, how many are run both ways to tell what the features lose.
_COMPARED = 20

#: A share of their spread by which features may move without a warning.
_MUCH = 0.5


def quantise_networks(
    backbones: Sequence[Backbone],
    photos: Mapping[str, Sequence[Photo]],
    cache: Path,
    choice: EngineChoice,
    progress: Progress,
) -> tuple[Backbone, ...]:
    """The backbones, those of ``precision: int8`` with a network that lies in the cache.

    It hangs on 100 of the photos (digest -> files): those with the smallest digests, of all that
    can be decoded. Where it was made before, only these are decoded.

    Raises
    ------
    InputError
        No photo can be decoded, or a network cannot be converted.
    """
    found = {}
    asked = [one for one in backbones if one.is_quantised]
    with progress.stage("networks in int8", len(asked), "network") as advance:
        for one in asked:
            found[one.name] = _quantise(one, photos, cache, choice)
            advance(1)
    return tuple(found.get(one.name, one) for one in backbones)


def _quantise(
    backbone: Backbone, photos: Mapping[str, Sequence[Photo]], cache: Path, choice: EngineChoice
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
    name = f"backbone {backbone.name}"
    build = partial(_build, exact, name)
    source = converted_network(choice, build, converted_path([exact], cache), name, "int8")
    assert source is not None  # or that would have been refused
    with temporary_folder(source.parent) as folder:
        digest = quantise(source, list(shown.values()), folder / "network.xml")
        quantised = replace(backbone, quantisation=digest)
        place_network(folder / "network.xml", converted_path([quantised], cache))
    moved = _moved(source, converted_path([quantised], cache), list(shown.values())[:_COMPARED])
    level, way_on = logging.INFO, ""
    if moved > _MUCH:
        level, way_on = logging.WARNING, ": little may be left of them; set precision: float32"
    said = "%s: in whole numbers, on %s, its features move by %.0f %% of their spread%s"
    _LOG.log(level, f"  {said}", backbone.name, count(len(shown), "photo"), 100 * moved, way_on)
    write_sealed(note, digest.encode())  # last: a fit that is killed before says it the next time
    return quantised


def _build(backbone: Backbone, name: str) -> Any:
    return check_repeatable(joint_network([backbone]), name)


def _moved(exact: Path, quantised: Path, photos: Sequence[Photos]) -> float:
    """How far features move (root mean square), as a share of their spread over the photos."""
    before, after = (load_function(one)(np.stack(photos)) for one in (exact, quantised))
    spread = float(np.sqrt(np.mean(np.square(before - before.mean(axis=0)))))
    moved = float(np.sqrt(np.mean(np.square(after - before))))
    return moved / spread if spread else float(moved > 0)


def _decode(backbone: Backbone, photos: Mapping[str, Sequence[Photo]]) -> dict[str, Photos]:
    """The first photos by their digests, as the network takes them; others are told of later."""
    view = backbone.view
    shown: dict[str, Photos] = {}
    mistakes: list[str] = []
    for digest in sorted(photos):
        try:
            shown[digest] = load_file(photos[digest], digest)({view})[view]
        except UnreachableError:
            raise
        except InputError as error:
            mistakes += error.mistakes
        if len(shown) == _PHOTOS:
            break
    if not shown:
        raise InputError("photos that cannot be used:", first_ten(mistakes))
    return shown

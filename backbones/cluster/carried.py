"""Networks on their way to other processes: with the bytes of their files, not with paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from backbones.engines import EngineChoice
from backbones.engines.openvino import OpenVinoEngine, seal_network
from backbones.engines.tensorflow import TensorFlowEngine
from backbones.features.forward_pass import ForwardPass, convert_passes, group_passes
from backbones.networks.backbone import Backbone, joint_network
from backbones.progress import Progress


@dataclass(frozen=True)
class File:
    """A file's ending and its bytes."""

    suffix: str
    content: bytes


@dataclass(frozen=True)
class CarriedPass:
    """A forward pass: the network that OpenVINO runs, or what TensorFlow builds it from."""

    backbones: tuple[Backbone, ...]
    converted: tuple[File, ...]  #: .bin and .xml; none where TensorFlow runs it
    weights: File | None  #: for TensorFlow, unless they are random


def carry_passes(
    backbones: Sequence[Backbone], cache: Path, choice: EngineChoice, progress: Progress
) -> list[CarriedPass]:
    """Convert the networks of backbones where they are not yet, and read them. A stage of progress.

    Errors as ``open_passes``.
    """
    groups = group_passes(backbones)
    carried = []
    with progress.stage("networks", len(groups), "network") as advance:
        for group in groups:
            (path,) = convert_passes(group, cache, choice)
            carried.append(_carry(group, path))
            advance(1)
    return carried


def _carry(backbones: Sequence[Backbone], path: Path | None) -> CarriedPass:
    if path is not None:
        files = [path.with_suffix(".bin"), path]
        return CarriedPass(tuple(backbones), tuple(map(_read, files)), None)
    weights = backbones[0].weights.path
    return CarriedPass(tuple(backbones), (), None if weights is None else _read(weights))


def _read(path: Path) -> File:
    # All of it, as weights may end in .weights.h5.
    return File("".join(path.suffixes[-2:]), path.read_bytes())


def open_carried(carried: CarriedPass, threads: int) -> ForwardPass:
    """Open the engine of a pass in this process; its files are gone afterwards."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "network"
        if not carried.converted:
            network = joint_network(_placed(carried, place))
            return ForwardPass(carried.backbones, TensorFlowEngine(network))
        for file in carried.converted:
            place.with_suffix(file.suffix).write_bytes(file.content)
        path = place.with_suffix(".xml")
        seal_network(path)
        precision = carried.backbones[0].spec.precision
        return ForwardPass(carried.backbones, OpenVinoEngine(path, precision, threads))


def _placed(carried: CarriedPass, place: Path) -> list[Backbone]:
    """The backbones with their weights at another place."""
    file = carried.weights
    if file is None:
        return list(carried.backbones)
    path = place.with_name(f"{place.name}{file.suffix}")
    path.write_bytes(file.content)
    moved = []
    for one in carried.backbones:
        key = "model" if one.spec.model is not None else "weights"
        named = {} if one.spec.weights_file is None else {key: str(path)}
        spec = one.spec.model_copy(update=named)
        moved.append(replace(one, spec=spec, weights=replace(one.weights, path=path)))
    return moved

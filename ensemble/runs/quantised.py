"""The networks in whole numbers of a run: they hang on its photos, and so lie in its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backbones.engines.openvino import is_whole, place_network
from backbones.engines.quantisation import network_digest
from backbones.errors import InputError
from backbones.features.forward_pass import converted_path
from ensemble.config.experiment import Experiment
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter

#: The folder of a run that holds them.
NETWORKS = "networks"


def record_quantised(experiment: Experiment, run: RunWriter) -> None:
    """Write the networks in whole numbers into a run."""
    for one in experiment.quantised:
        path = converted_path([one], experiment.config.cache)
        run.copy(_file(one.name), path)
        run.copy(_file(one.name, ".bin"), path.with_suffix(".bin"))


def restore_quantised(experiment: Experiment, run: RunFolder, backbones: str) -> Experiment:
    """The experiment of a run with its networks in whole numbers, put into the cache.

    `backbones` is the file of the run that says their digests.

    Raises
    ------
    InputError
        A network is not the one that the run was fitted with.
    """
    if not experiment.quantised:
        return experiment
    with named(run.path(backbones)):
        digests = {name: then.get("quantisation") for name, then in run.json(backbones).items()}
        found = tuple(
            replace(one, quantisation=str(digests[one.name])) if one.is_quantised else one
            for one in experiment.backbones
        )
    experiment = replace(experiment, backbones=found)
    for one in experiment.quantised:
        place = converted_path([one], experiment.config.cache)
        _restore(run.path(_file(one.name)), one.quantisation, place)
    return experiment


def _restore(file: Path, digest: str, place: Path) -> None:
    with named(file):
        if network_digest(file) != digest:
            raise InputError(f"{file} is not the network of the run; run the fit again")
    if not is_whole(place):
        place_network(file, place)


def _file(name: str, suffix: str = ".xml") -> str:
    return f"{NETWORKS}/{name}{suffix}"

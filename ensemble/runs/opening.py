"""The experiment of a run, held against the networks of this machine."""

from __future__ import annotations

from collections.abc import Sequence

from ruamel.yaml import YAML

from backbones.errors import InputError
from backbones.networks.backbone import resolve
from ensemble.config.config import Config
from ensemble.config.experiment import Experiment
from ensemble.runs.folder import RunFolder
from ensemble.runs.record import BACKBONES, CONFIG, INTERVALS
from ensemble.scoring.intervals import Intervals


def read_experiment(files: RunFolder, settings: Sequence[str] = ()) -> Experiment:
    """The run's config and backbones, which must still be what the run was fitted with.

    Raises
    ------
    InputError
        Weights or Keras have changed since: their features would not fit the heads.
    """
    config = Config.model_validate(YAML(typ="safe", pure=True).load(files.path(CONFIG)))
    backbones = resolve(config.backbones, config.cache)
    fitted_with = files.json(BACKBONES)
    changed = [
        f"{one.name}: weights {one.weights.source} {one.weights.digest}, in the run "
        f"{then['weights']} {then['weights_digest']}"
        for one in backbones
        if (then := fitted_with[one.name])["fingerprint"] != one.fingerprint
    ]
    if changed:
        raise InputError(
            f"backbones are not those that {files.folder} was fitted with (weights, or Keras's "
            "version); bring these back or run the fit again:",
            changed,
        )
    return Experiment(config, tuple(backbones))


def read_intervals(files: RunFolder) -> Intervals:
    """The intervals of a run.

    Raises
    ------
    InputError
        An older version has written them in another way.
    """
    try:
        return Intervals.from_json(files.json(INTERVALS))
    except (FileNotFoundError, KeyError):
        raise InputError(
            f"{files.folder} has no {INTERVALS} as this version writes it; run the fit again"
        ) from None

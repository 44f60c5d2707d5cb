"""New photos through the members and the stack of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from backbones.errors import InputError
from backbones.networks.backbone import resolve
from backbones.photos.digests import photo_digests
from ensemble import heads
from ensemble.config.config import Config
from ensemble.config.experiment import Experiment
from ensemble.photos import features
from ensemble.photos.dataset import NewPhotos
from ensemble.runs.folder import RunFolder
from ensemble.runs.record import BACKBONES, CONFIG, INTERVALS, MEMBERS, STACK_FOLDER
from ensemble.scoring.intervals import LOWER, UPPER, Intervals
from ensemble.scoring.leaderboard import STACK
from ensemble.terminal.console import Console


@dataclass(frozen=True)
class Predictor:
    """A run, ready for new photos."""

    run: RunFolder
    experiment: Experiment
    intervals: Intervals

    @property
    def config(self) -> Config:
        return self.experiment.config


def open_predictor(run: RunFolder) -> Predictor:
    """The run's config and backbones, which must still be what the run was fitted with.

    Raises
    ------
    InputError
        An older version has written the run; or weights or Keras have changed since: their
        features would not fit the heads.
    """
    intervals = _intervals(run)
    config = Config.model_validate(YAML(typ="safe", pure=True).load(run.path(CONFIG)))
    backbones = resolve(config.backbones, config.cache)
    fitted_with = run.json(BACKBONES)
    changed = [
        f"{one.name}: weights {one.weights.source} {one.weights.digest}, in the run "
        f"{then['weights']} {then['weights_digest']}"
        for one in backbones
        if (then := fitted_with[one.name])["fingerprint"] != one.fingerprint
    ]
    if changed:
        raise InputError(
            f"backbones are not those that {run.folder} was fitted with (weights, or Keras's "
            "version); bring these back or run the fit again:",
            changed,
        )
    return Predictor(run, Experiment(config, tuple(backbones)), intervals)


def _intervals(run: RunFolder) -> Intervals:
    try:
        return Intervals.from_json(run.json(INTERVALS))
    except (FileNotFoundError, KeyError):
        raise InputError(
            f"{run.folder} has no {INTERVALS} as this version writes it; run the fit again"
        ) from None


def predict(predictor: Predictor, photos: NewPhotos, console: Console) -> pd.DataFrame:
    """One row a photo, in their order: its name, a column a member, the stack, its interval's ends.

    Raises
    ------
    InputError
        NewPhotos that cannot be used, all of them.
    """
    experiment = predictor.experiment
    config = experiment.config
    cache = config.cache
    console.line(f"{len(photos.names)} photos to predict")
    digests = photo_digests(photos.paths, cache)
    features.update_features(
        photos.paths, digests, experiment.backbones, cache, config.engine, console
    )
    columns = {}
    for backbone in experiment.backbones:
        with features.open_features(backbone, cache, digests) as matrix:
            for member in experiment.members:
                if member.backbone is backbone:
                    folder = f"{MEMBERS}/{member.name}"
                    columns[member.name] = _predictions(predictor, folder, matrix)
    stacked = _predictions(predictor, STACK_FOLDER, np.column_stack(list(columns.values())))
    stacked = np.clip(stacked, *config.data.limits)
    name = config.data.columns.name
    table = pd.DataFrame({name: photos.names, **columns, STACK: stacked})
    wrong = table[~np.isfinite(table.drop(columns=name)).all(axis=1)]
    if len(wrong):
        raise InputError(f"predictions that are no numbers: {', '.join(wrong[name][:10])}")
    table[LOWER], table[UPPER] = predictor.intervals.around(stacked, config.data.limits)
    return table


def _predictions(predictor: Predictor, folder: str, matrix: Any) -> Any:
    config = predictor.config
    model = heads.load(predictor.run.path(folder), config.engine, config.cache)
    return np.asarray(model.predict(matrix), dtype=np.float64)

"""The labelled photos of an experiment of one target, and what nobody can learn from them."""

from __future__ import annotations

from ensemble.config.config import Config
from ensemble.config.experiment import Experiment
from ensemble.photos import training_table
from ensemble.photos.dataset import Dataset
from ensemble.scoring.scores import scored_photos
from ensemble.scoring.usable_targets import refuse_unusable
from ensemble.stacking.targets import refuse_unsuited
from ensemble.stacking.whole_counts import refuse_unknown_counts


def read_labelled(experiment: Experiment) -> Dataset:
    """The photos with their tables; errors as ``read_training``, or counts that are not known."""
    config = experiment.config
    photos = training_table.read_training(config.data, config.seed, config.folds, config.cache)
    refuse_unknown_counts(experiment, photos)
    return photos


def refuse_targets(config: Config, photos: Dataset) -> None:
    """Raise an ``InputError`` with targets that the metric, or the stack, makes no sense of.

    Or where all are set aside.
    """
    refuse_unusable(photos.names, photos.target, config.metric)
    refuse_unsuited(photos.names, photos.target, config.stack)
    scored_photos(photos.target, photos.weight, config.score.only_above)

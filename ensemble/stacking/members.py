"""All members of an experiment, crossfitted on the features that the store holds."""

from __future__ import annotations

from dataclasses import replace

from backbones.progress import Progress
from ensemble import heads
from ensemble.config.experiment import Experiment
from ensemble.config.member import Member
from ensemble.photos.dataset import Dataset
from ensemble.photos.features import StoredFeatures
from ensemble.photos.objects import Objects, locate_objects
from ensemble.stacking.crossfit import MemberFits, crossfit
from ensemble.stacking.fits import Labels, RunFits, fit_in_threads
from ensemble.stacking.folds import Folds


def crossfit_members(
    experiment: Experiment,
    photos: Dataset,
    features: StoredFeatures,
    split: Folds,
    progress: Progress,
    run: RunFits = fit_in_threads,
) -> list[MemberFits]:
    """Crossfit every member on photos; see ``crossfit``.

    `features` are of these photos, in their order; which backbones they name does not matter.
    """
    config = experiment.config
    labels = Labels(features.digests, photos.target, photos.weight)
    objects = locate_objects(photos, config.cache) if experiment.takes_maps else None
    nested = config.stack.is_fitted
    return [
        crossfit(
            member,
            replace(features, backbones=member.backbones),
            _with_boxes(labels, objects, member),
            split,
            nested,
            config.seed,
            config.cache,
            progress,
            run,
        )
        for member in experiment.members
    ]


def _with_boxes(labels: Labels, objects: Objects | None, member: Member) -> Labels:
    """The labels with the places of the objects, for a head that learns from maps."""
    if objects is None or not heads.takes_maps(member.head.head):
        return labels
    return replace(labels, boxes=objects.in_frame(*member.view))

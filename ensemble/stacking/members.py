"""All members of an experiment, crossfitted on the features that the store holds."""

from __future__ import annotations

from dataclasses import replace

from backbones.progress import Progress
from ensemble import heads
from ensemble.config.experiment import Experiment
from ensemble.config.member import Member
from ensemble.photos.beside import FeaturesBeside
from ensemble.photos.dataset import Dataset
from ensemble.photos.features import StoredFeatures
from ensemble.photos.objects import Objects
from ensemble.photos.untaught import refuse_counts_alone
from ensemble.photos.views import ItemFeatures, order_of
from ensemble.stacking.crossfit import Features, MemberFits, crossfit
from ensemble.stacking.fits import Labels, RunFits, fit_in_threads
from ensemble.stacking.folds import Folds


def refuse_unlearnable(experiment: Experiment, photos: Dataset) -> None:
    """Refuse photos, or items, that members cannot learn from, before networks run for an hour.

    Raises
    ------
    InputError
        Views of items that do not fit together, or counts that no tile holds.
    """
    members = experiment.members
    order_of(photos.items, [member.views for member in members])
    tiled = [member.view for member in members if member.sees_tiles]
    refuse_counts_alone(photos, tiled, experiment.config.cache)


def crossfit_members(
    experiment: Experiment,
    photos: Dataset,
    features: StoredFeatures,
    split: Folds,
    objects: Objects | None,
    progress: Progress,
    run: RunFits = fit_in_threads,
) -> list[MemberFits]:
    """Crossfit every member on photos; see ``crossfit``.

    `features` are of these photos, in their order; which backbones they name does not matter.
    `objects` are theirs, where heads learn from maps.
    """
    config = experiment.config
    labels = Labels(features.digests, photos.target, photos.weight)
    nested = config.stack.is_fitted
    return [
        crossfit(
            _with_kinds(member, photos),
            _features_of(member, features, photos),
            _with_boxes(_of_items(labels, photos, member), objects, member),
            split,
            nested,
            config.seed,
            config.cache,
            progress,
            run,
        )
        for member in experiment.members
    ]


def _with_kinds(member: Member, photos: Dataset) -> Member:
    """The member, told what the columns hold that it takes."""
    if photos.columns is None or not member.takes_columns:
        return member
    return replace(member, kinds=photos.columns.kinds)


def _features_of(member: Member, features: StoredFeatures, photos: Dataset) -> Features:
    """What the head of a member learns from."""
    stored = replace(features, backbones=member.backbones)
    own: StoredFeatures | ItemFeatures = stored
    if photos.items is not None and member.views is not None:
        order = order_of(photos.items, [member.views])
        own = ItemFeatures(stored, photos.items, member.views, order)
    if photos.columns is None or not member.takes_columns:
        return own
    return FeaturesBeside(own, photos.columns)


def _of_items(labels: Labels, photos: Dataset, member: Member) -> Labels:
    """The labels of items, each by all of its photos and, where it matters, their views."""
    if photos.items is None:
        return labels
    return replace(labels, photos=photos.items.digests(labels.photos, member.views == "together"))


def _with_boxes(labels: Labels, objects: Objects | None, member: Member) -> Labels:
    """The labels with where objects, and labels, are, for a head that learns from maps."""
    if objects is None or not heads.takes_maps(member.head.head):
        return labels
    parts = objects.parts_in_frame(*member.view)
    return replace(labels, boxes=objects.in_frame(*member.view), parts=parts)

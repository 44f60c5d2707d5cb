"""From an experiment to a run: features, heads, stack, scores."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from backbones.photos.digests import photo_digests
from ensemble import heads
from ensemble.config.experiment import Experiment
from ensemble.config.member import Member
from ensemble.heads import takes_maps
from ensemble.photos import dataset, features
from ensemble.photos.dataset import Dataset
from ensemble.photos.objects import Objects, locate_objects
from ensemble.photos.render import render
from ensemble.runs.folder import RunFolder, RunWriter, check_writable, reopen
from ensemble.runs.origin import origin
from ensemble.runs.record import LEADERBOARD, METRICS, record
from ensemble.scoring.calibration import calibrate, summary
from ensemble.scoring.leaderboard import Leaderboard, rank
from ensemble.scoring.scores import scored_photos
from ensemble.stacking import folds
from ensemble.stacking.crossfit import Labels, MemberFits, crossfit, plan_fits
from ensemble.stacking.folds import Folds
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import StackLabels, fit_stack
from ensemble.terminal.console import Console


def train(experiment: Experiment, folder: Path, console: Console) -> RunFolder:
    """Fits every member and the stack, and writes the run into `folder`.

    What the cache holds is not computed again, and a run that would come out as it lies there is
    only shown; see ``ensemble.stacking.crossfit`` for what is fitted on which photos.

    Raises
    ------
    InputError
        The tables or photos are not usable, or a head cannot be fitted on them.
    """
    config = experiment.config
    check_writable(folder)
    warn_of_fallbacks(experiment, console)
    if config.data.render is not None:
        render(config.data, config.data.render)
    photos = dataset.read_training(config.data, config.seed)
    console.line(f"{len(photos)} labelled photos, {len(experiment.backbones)} backbones")
    digests = photo_digests(photos.paths, config.cache)
    photos = _copies_grouped(photos, digests, console)
    key = origin(experiment, digests)
    run = reopen(folder, key) or _fit(experiment, photos, digests, folder, key, console)
    _show(run, config.score.set_aside_above, console)
    return run


def _fit(
    experiment: Experiment,
    photos: Dataset,
    digests: list[str],
    folder: Path,
    key: str,
    console: Console,
) -> RunFolder:
    config = experiment.config
    limit = config.score.set_aside_above
    counted = scored_photos(photos.target, photos.weight, limit)
    features.update_features(
        photos.paths, digests, experiment.backbones, config.cache, config.engine, console
    )
    split = folds.split(photos, config.folds, config.seed)
    fits = _crossfit_members(experiment, photos, digests, split, console)
    table = OutOfFold.from_fits(fits, split)
    known = StackLabels(photos.target, photos.weight, counted)
    ends = config.data.limits
    stack = fit_stack(config.stack, table, known, config.seed)
    stack = replace(stack, nested=np.clip(stack.nested, *ends))
    leaderboard = rank(table, stack.nested, photos.target, photos.weight, limit)
    calibration = calibrate(
        table, stack.nested, photos.target, photos.weight, config.intervals.coverage, ends
    )
    for one in fits:
        heads.prepare(one.fitted, config.engine, config.cache)
    run = RunWriter(folder, key)
    return record(experiment, photos, split, fits, table, stack, leaderboard, calibration, run)


def _show(run: RunFolder, set_aside_above: float | None, console: Console) -> None:
    """What a fit ends with; from the files of the run, so that it is the same each time."""
    console.leaderboard(Leaderboard.read(run.path(LEADERBOARD)), set_aside_above)
    metrics = run.json(METRICS)
    console.line(summary(metrics["intervals"]))
    form, (low, high) = metrics["stack"]["form"], metrics["stack"]["rmse_interval"]
    console.line(f"stack: {form}, RMSE between {low:.3f} and {high:.3f} in 95 % of draws of photos")
    console.line(f"run: {run.folder}; now: python -m ensemble.submit {run.folder}")


def warn_of_fallbacks(experiment: Experiment, console: Console) -> None:
    """Says loudly which backbones run with random weights in place of imagenet's."""
    for backbone in experiment.backbones:
        if backbone.weights.fell_back:
            console.warning(
                f"{backbone.name}: imagenet weights are not at hand and could not be fetched; "
                "RANDOM weights are used, as fallback: random allows. Scores will be worse"
            )


def _copies_grouped(photos: Dataset, digests: list[str], console: Console) -> Dataset:
    """Photos that are byte for byte the same stay on one side of every split, with their groups."""
    copies = len(digests) - len(set(digests))
    if not copies:
        return photos
    console.warning(f"{copies} photos are copies of others, byte for byte: kept in one fold")
    if photos.group is None:
        return replace(photos, group=np.array(digests))
    from scipy.sparse import block_array, coo_array
    from scipy.sparse.csgraph import connected_components

    group, digest = (
        np.unique(labels, return_inverse=True)[1] for labels in (photos.group, digests)
    )
    links = coo_array((np.ones(len(photos)), (group, digest)), shape=(len(photos), len(photos)))
    tied = connected_components(block_array([[None, links], [links.T, None]]))[1]
    return replace(photos, group=tied[group].astype(str))


def _crossfit_members(
    experiment: Experiment, photos: Dataset, digests: list[str], split: Folds, console: Console
) -> list[MemberFits]:
    config, members = experiment.config, experiment.members
    labels = Labels(digests, photos.target, photos.weight)
    looking = any(takes_maps(member.head.head) for member in members)
    objects = locate_objects(photos) if looking else None
    nested = config.stack.is_fitted
    with console.progress("fitting heads", len(members) * len(plan_fits(split, nested))) as advance:
        return [
            crossfit(
                member,
                partial(features.open_features, member.backbone, config.cache, digests),
                _placed(labels, objects, member),
                split,
                nested,
                config.seed,
                config.cache,
                advance,
            )
            for member in members
        ]


def _placed(labels: Labels, objects: Objects | None, member: Member) -> Labels:
    """The labels with the places of the objects, for a head that looks at them."""
    if objects is None or not takes_maps(member.head.head):
        return labels
    backbone = member.backbone
    return replace(labels, boxes=objects.in_frame(backbone.size, backbone.spec.resize))

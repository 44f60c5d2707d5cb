"""From an experiment to a run: features, heads, stack, scores."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from backbones.errors import InputError
from backbones.home import expand_home
from backbones.plural import count
from backbones.progress import Progress, Silent, Timed
from backbones.remote.photo import Photo
from ensemble import heads
from ensemble.config.config import Config
from ensemble.config.experiment import Experiment, open_experiment, warn_of_fallbacks
from ensemble.photos.appearance import read_appearance
from ensemble.photos.copies import keep_together
from ensemble.photos.dataset import Dataset
from ensemble.photos.features import StoredFeatures
from ensemble.photos.objects import locate_objects
from ensemble.photos.render import render
from ensemble.photos.usable import Usable, extract_features, quantise, read_digests
from ensemble.probing import probe_photo, take_probe
from ensemble.report.summary import at_hand, fit_warnings
from ensemble.reporting import PAGE, report_fit
from ensemble.run import Run
from ensemble.runs.earlier import name_stale
from ensemble.runs.folder import RunFolder, RunWriter, reopen
from ensemble.runs.lock import only_writer
from ensemble.runs.origin import origin
from ensemble.runs.quantised import restore_quantised
from ensemble.runs.record import BACKBONES, record
from ensemble.runs.writable import check_writable
from ensemble.scoring.calibration import calibrate
from ensemble.scoring.leaderboard import rank
from ensemble.scoring.novelty import take_novelty
from ensemble.scoring.places import take_places
from ensemble.scoring.result import FitResult
from ensemble.scoring.scores import scored_photos
from ensemble.scoring.sources import split_sources
from ensemble.scoring.usable_targets import refuse_alike
from ensemble.scoring.worth import refuse_constant
from ensemble.stacking import folds
from ensemble.stacking.blocks import tell_of_blocks, tell_of_seen
from ensemble.stacking.complaints import name_warnings
from ensemble.stacking.members import crossfit_members, refuse_unlearnable
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import Stack, StackLabels, fit_stack
from ensemble.targets.fitting import fit_targets
from ensemble.targets.labelled import read_labelled, refuse_targets
from ensemble.tracking import check_tracking, track
from ensemble.workers import THREADS, Workers, open_workers

_LOG = logging.getLogger("ensemble")


def fit(
    config: str | Path | Mapping[str, Any],
    settings: Sequence[str] = (),
    *,
    run_dir: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Train the ensemble of a config, and write the run; as ``python -m ensemble.fit`` does.

    What the cache holds is not computed again; a run that would come out as it lies is only opened.

    Parameters
    ----------
    config : path or mapping
        A YAML file, or its content.
    settings : sequence of str
        ``KEY=VALUE`` put over it, as ``folds.n=10``.
    run_dir : path, optional
        Where the run goes; by default ``runs/`` and the file's name. A mapping has none.
    force : bool
        Write over files that are not of a run.
    progress : Progress, optional
        Shows how far it is; what is done is logged to the logger ``ensemble``.

    Raises
    ------
    ConfigError
        Every mistake of the config at once.
    InputError
        The tables or photos are not usable, or a head cannot be fitted on them.
    """
    if run_dir is None and isinstance(config, Mapping):
        raise InputError("run_dir: a config without a file needs a folder for its run; name one")
    folder = Path("runs") / Path(config).stem if run_dir is None else expand_home(run_dir)  # type: ignore[arg-type]
    experiment = open_experiment(config, settings)
    return train(experiment, folder, progress or Silent(), force)


def train(experiment: Experiment, folder: Path, progress: Progress, force: bool = False) -> Run:
    """Fit every member and the stack, and write the run into `folder`. Errors as ``fit``."""
    config = experiment.config
    check_tracking(config.tracking)
    drawn = None if config.data.render is None else Path(config.data.folder).expanduser()
    check_writable(folder, config.cache, force, drawn)
    warn_of_fallbacks(experiment)
    if config.data.render is not None:
        render(config.data, config.data.render, force)
    with open_workers(config.parallel) as workers:
        fit_one = partial(_train, progress=progress, force=force, workers=workers)
        if len(config.data.columns.targets) > 1:
            return fit_targets(experiment, folder, force, fit_one)
        return fit_one(experiment, read_labelled(experiment), folder)


def _train(
    experiment: Experiment,
    photos: Dataset,
    folder: Path,
    *,
    progress: Progress,
    force: bool,
    workers: Workers,
) -> Run:
    """Fit a single target on photos, or open the run that would come out the same."""
    config = experiment.config
    backbones = count(len(experiment.backbones), "backbone")
    of = "" if photos.items is None else f"{count(len(photos), 'item')} of "
    _LOG.info("%s%s, %s", of, count(len(photos.paths), "labelled photo"), backbones)
    skips, least = config.data.skips_bad_photos, config.folds.least
    usable = read_digests(photos, config.cache, skips, least, progress)
    key = origin(experiment, usable.digests, usable.rejected)
    written = reopen(folder, key)
    if written is None:
        timed = Timed(progress)
        beside = probe_photo(config.cache)  # while the networks are loaded
        result = fit_ensemble(experiment, usable, timed, beside, workers)
        written = save(result, folder, key, force)
        name_stale(folder)
        report_fit(written, timed.seconds, force)
    else:
        _LOG.info("%s: nothing has changed since it was fitted", folder)
        if not (folder / PAGE).exists():
            report_fit(written, None, force)
    track(written, key, config)
    run = Run(written, restore_quantised(experiment, written, BACKBONES))
    for line in fit_warnings(run.metrics, folder):
        _LOG.warning(line)
    return run


def fit_ensemble(
    experiment: Experiment,
    usable: Usable,
    progress: Progress,
    beside: Mapping[str, Sequence[Photo]] = MappingProxyType({}),
    workers: Workers = THREADS,
) -> FitResult:
    """Fit every member and the stack on photos, and score them on photos they have not seen.

    See ``ensemble.stacking.crossfit`` for what is fitted on which photos.

    Parameters
    ----------
    usable : Usable
        The photos, ordered by name.
    beside : mapping of str to sequence of Photo
        Other photos to extract features of: their digests and files.
    workers : Workers
        Extract the features and fit the heads.

    Raises
    ------
    InputError
        Photos are not usable, or a head cannot be fitted on them.
    """
    refuse_targets(experiment.config, usable.photos)
    refuse_unlearnable(experiment, usable.photos)
    config, experiment = experiment.config, quantise(experiment, usable, progress)
    usable = extract_features(experiment, usable, progress, beside, workers.extract)
    photos, digests = usable.photos, usable.digests
    refuse_constant(photos.target, photos.weight)
    photos, copies = keep_together(photos, digests, config.cache, config.folds.near_copies)
    split = folds.split(photos, config.folds, config.seed, config.least_folds)
    stored = StoredFeatures((), config.cache, config.engine, photos.paths, digests)
    if split.is_ordered:
        tell_of_blocks(photos, split.number[0], config.folds, config.stack.is_fitted)
        seen_in = photos.of_photo(split.number[0])
        tell_of_seen(photos.photo_by_photo(), seen_in, digests, copies)
    objects = locate_objects(photos, config.cache) if experiment.takes_maps else None
    fits = crossfit_members(experiment, photos, stored, split, objects, progress, workers.fit)
    if told := at_hand(usable.at_hand, fits):
        _LOG.info(told)
    table = OutOfFold.from_fits(fits, split)
    limit, ends = config.score.only_above, config.data.limits
    counted = scored_photos(photos.target, photos.weight, limit)
    labels = StackLabels(photos.target, photos.weight, counted, config.metric)
    stack = _fit_stack(config, table, labels, "stack")
    parts = split_sources(experiment.members, table).items()
    alone = {name: _fit_stack(config, part, labels, name).nested for name, part in parts}
    unstacked, table = table.unscored(config.stack.is_fitted), table.scored(config.stack.is_fitted)
    leaderboard = rank(
        table, stack.nested, photos.target, photos.weight, limit, config.metric, alone
    )
    coverage, in_parts = config.intervals.coverage, not photos.is_whole.all()
    calibration = calibrate(
        table, stack.nested, photos.target, photos.weight, coverage, ends, in_parts
    )
    return FitResult(
        experiment,
        photos,
        split,
        tuple(fits),
        table,
        stack,
        leaderboard,
        calibration,
        copies,
        read_appearance(photos, digests, config.cache),
        usable.rejected,
        take_novelty(experiment, stored, split, photos.items),
        unstacked,
        take_places(experiment, photos, objects, fits, table, stack.nested, leaderboard),
        alone,
    )


def save(result: FitResult, folder: Path, key: str, force: bool = False) -> RunFolder:
    """Write the run of a result into `folder`; `key` is what ``origin`` says of it."""
    config = result.experiment.config
    for one in result.fits:
        heads.prepare(one.fitted, config.engine, config.cache)
    probe = take_probe(result)
    with only_writer(folder):
        return record(result, RunWriter(folder, key, force), probe)


def _fit_stack(config: Config, table: OutOfFold, labels: StackLabels, name: str) -> Stack:
    """The stack; its nested predictions lie between the limits of the target."""
    scored = table.scored(config.stack.is_fitted)
    refuse_alike(labels.take(scored.photos), config.metric)
    with heads.one_thread(), name_warnings(name):
        stack = fit_stack(config.stack, table, labels, config.seed)
    stack = replace(stack, nested=np.clip(stack.nested, *config.data.limits))
    return stack.round(scored, labels) if config.stack.round else stack

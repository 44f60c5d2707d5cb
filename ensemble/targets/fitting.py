"""From an experiment of several targets to a run: that of each, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from backbones.errors import InputError, UnreachableError
from ensemble.config.experiment import Experiment
from ensemble.config.targets import by_target
from ensemble.photos import table
from ensemble.photos.dataset import Dataset
from ensemble.run import Run, TargetsRun
from ensemble.runs.earlier import name_stale
from ensemble.runs.several import begin_targets, check_index, folders_of, write_targets
from ensemble.runs.writable import check_writable
from ensemble.scoring.worth import refuse_constant
from ensemble.targets.labelled import read_labelled, refuse_targets
from ensemble.targets.reporting import PAGE, report_targets

_LOG = logging.getLogger("ensemble")


def fit_targets(
    experiment: Experiment,
    folder: Path,
    force: bool,
    fit_one: Callable[[Experiment, Dataset, Path], Run],
) -> TargetsRun:
    """Fit each target as a run of its own, and complete the run of all.

    The first that is fitted has the features extracted, which the others find in the cache. What
    ends on the way goes on with the target that it was at.

    Parameters
    ----------
    fit_one : callable
        Fits an experiment of one target on photos, and writes its run into a folder; or opens the
        run there, if it would come out the same.

    Raises
    ------
    InputError
        Tables or photos are not usable: all that is wrong with the targets at once, before
        anything is computed.
    """
    experiments = by_target(experiment)
    folders = folders_of(list(experiments))
    check_index(folder, force)
    for place in folders.values():
        check_writable(folder / place, experiment.config.cache, force)
    photos = _read_all(experiment, experiments)
    begin_targets(folder, force)
    runs: dict[str, Run] = {}
    for number, (target, one) in enumerate(experiments.items(), 1):
        _LOG.info("target %s, %d of %d", target, number, len(experiments))
        runs[target] = fit_one(one, photos[target], folder / folders[target])
    files = {target: run.files for target, run in runs.items()}
    whole, is_new = write_targets(experiment, folder, files, force)
    if is_new:
        name_stale(folder, list(folders.values()))
    run = TargetsRun(whole, next(iter(runs.values())).experiment, runs)
    if is_new or not (folder / PAGE).exists():
        report_targets(whole, files, force)
    return run


def _read_all(
    experiment: Experiment,
    experiments: Mapping[str, Experiment],
) -> dict[str, Dataset]:
    """The photos with each target; errors as ``fit_targets``."""
    data = experiment.config.data
    named = (data.columns.name, data.columns.item, *data.columns.targets)
    asked = [column for column in named if column is not None]
    table.read_table(data.path(data.train), asked, data.table_format)  # names all that lack
    photos: dict[str, Dataset] = {}
    mistakes: dict[str, InputError] = {}
    for target, one in experiments.items():
        try:
            photos[target] = read_labelled(one)
            _refuse_unusable(target, one, photos[target])
        except UnreachableError:
            raise
        except InputError as error:
            mistakes.setdefault(str(error), error)  # what is wrong with the photos is with each
    if len(mistakes) > 1:
        lines = [text.replace("\n", "\n  ") for text in mistakes]
        raise InputError("several of the targets cannot be learned:", lines)
    for alone in mistakes.values():
        raise alone
    return photos


def _refuse_unusable(target: str, experiment: Experiment, photos: Dataset) -> None:
    try:
        refuse_targets(experiment.config, photos)
        refuse_constant(photos.target, photos.weight)
    except InputError as error:
        raise InputError(f"data.columns.target, {target}: {error}") from None

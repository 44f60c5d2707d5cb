"""Opening a run: its files are checked, its networks are those of the fit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from backbones.errors import InputError
from backbones.home import expand_home
from ensemble.config.experiment import Experiment
from ensemble.run.several import TargetsRun
from ensemble.run.single import Run
from ensemble.runs.folder import RunFolder, open_run_folder
from ensemble.runs.opening import cache_folder, read_experiment, read_run_config
from ensemble.runs.pack import open_pack
from ensemble.runs.record import CONFIG
from ensemble.runs.several import INDEX, is_of_several, open_targets


def open_run(path: str | Path, settings: Sequence[str] = ()) -> Run:
    """Open a run that a fit left behind, or the pack of one.

    A pack is unpacked once into ``packs`` in the cache (``cache_dir``), and what is computed with
    it is kept there.

    Parameters
    ----------
    path : path
        Its folder, or the file that ``python -m ensemble.pack`` wrote.
    settings : sequence of str
        What differs on this machine, as ``backbones.NAME.model=PATH``; see ``read_experiment``.

    Raises
    ------
    InputError
        There is no complete run or pack, files of it are missing or changed, or its networks are
        not those that it was fitted with.
    """
    path = expand_home(path)
    if not os.path.isfile(path):
        return _open(open_run_folder(path), settings)
    pack = open_pack(path, cache_folder(settings))
    run = _open(open_run_folder(pack.run), [*settings, *pack.settings], pack.keras_version)
    data = run.config.data.model_copy(update={"sample_submission": pack.sample})
    config = run.config.model_copy(update={"data": data})
    run.experiment = replace(run.experiment, config=config)
    return run


def _open(files: RunFolder, settings: Sequence[str], built_by: str | None = None) -> Run:
    """The run of a folder; arguments as for ``read_experiment``."""
    if not is_of_several(files):
        return Run(files, read_experiment(files, settings, built_by))
    config = read_run_config(files, settings)
    files, found = open_targets(files)
    if list(found) != list(config.data.columns.targets):
        raise InputError(
            f"{files.path(INDEX)} has other targets than {files.path(CONFIG)}; run the fit again"
        )
    runs = {
        target: Run(one, read_experiment(one, settings, built_by)) for target, one in found.items()
    }
    backbones = next(iter(runs.values())).experiment.backbones
    return TargetsRun(files, Experiment(config, backbones), runs)

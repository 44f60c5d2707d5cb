"""What predicts of a run: its heads, its stack and what is known of their errors."""

from __future__ import annotations

from collections.abc import Mapping

from backbones.key import key
from ensemble import heads
from ensemble.config.experiment import Experiment
from ensemble.photos.channels import count_channels
from ensemble.runs.columns import FILE as COLUMNS
from ensemble.runs.columns import read_columns
from ensemble.runs.folder import RunFolder
from ensemble.runs.items import read_views
from ensemble.runs.novelty import read_novelty
from ensemble.runs.opening import read_intervals
from ensemble.runs.record import MEMBERS, STACK_FOLDER
from ensemble.scoring.members import FittedMembers


def read_fitted(files: RunFolder, experiment: Experiment, now: Mapping[str, str]) -> FittedMembers:
    """The members of a run with their stack; `now` are the versions that are installed.

    Raises
    ------
    InputError
        A file of it cannot be read.
    """
    config, views = experiment.config, read_views(files)
    channels = {one.name: count_channels(one) for one in experiment.backbones}
    folders = {one.name: files.path(f"{MEMBERS}/{one.name}") for one in experiment.members}
    # Kept predictions lie in the order of the members.
    decides = [list(folders), files.digest(MEMBERS), dict(now)]
    columns = read_columns(files, list(config.data.columns.features))
    decides += [files.files[COLUMNS]] if columns else []
    return FittedMembers(
        members=tuple(experiment.members),
        folders=folders,
        stack=heads.load(files.path(STACK_FOLDER), config.engine, config.cache),
        intervals=read_intervals(files),
        limits=config.data.limits,
        identity=key([*decides, list(views)] if views else decides),
        novelty=read_novelty(files, channels, config.data.columns.item is not None),
        columns=columns,
        views=views,
        of_items=config.data.columns.item is not None,
    )

"""Whether an experiment can learn from photos of which the whole count is not known."""

from __future__ import annotations

from backbones.errors import InputError, first_ten
from backbones.plural import part
from ensemble import heads
from ensemble.config.experiment import Experiment
from ensemble.photos.dataset import Dataset


def refuse_unknown_counts(experiment: Experiment, photos: Dataset) -> None:
    """Refuse what cannot learn from photos whose whole count is not known, if there are any.

    Raises
    ------
    InputError
        Some are not, and there are heads without a density, or a stack that is fitted (what it
        adds to predictions of parts would be wrong for a whole photo), or a minimum above 0.
    """
    names = photos.names[~photos.is_whole].tolist()
    if not names:
        return
    pooled = [one.name for one in experiment.members if not heads.takes_maps(one.head.head)]
    config, stack = experiment.config, experiment.config.stack
    ways = [f"leave out {', '.join(pooled)}, which learn from whole photos"] if pooled else []
    if stack.is_fitted:
        ways.append(f"set stack: mean, as {stack.method} is fitted on whole photos")
    if config.data.limits[0] > 0:
        ways.append("set data.minimum: 0, as a part may hold less than a photo")
    if ways:
        raise InputError(
            f"{part(len(names), len(photos), 'photo')} have no count of the whole, but of a part; "
            f"fill in their {config.data.columns.only_target}, or {'; and '.join(ways)}:",
            first_ten(names),
        )

"""The experiments of several targets: one of each, with the same networks."""

from __future__ import annotations

from dataclasses import replace

from ensemble.config.experiment import Experiment
from ensemble.config.limit import limit_of


def by_target(experiment: Experiment) -> dict[str, Experiment]:
    """The experiment of each target, as if the config had named it alone.

    A sample submission asks for all of them, and is left to them together.
    """
    return {target: _of(experiment, target) for target in experiment.config.data.columns.targets}


def _of(experiment: Experiment, target: str) -> Experiment:
    config = experiment.config
    columns = config.data.columns.model_copy(update={"target": target})
    limits = {key: limit_of(getattr(config.data, key), target) for key in ("minimum", "maximum")}
    own = {"columns": columns, "sample_submission": None, **limits}
    aside = {"set_aside_above": limit_of(config.score.set_aside_above, target)}
    changed = {
        "data": config.data.model_copy(update=own),
        "score": config.score.model_copy(update=aside),
    }
    return replace(experiment, config=config.model_copy(update=changed))

"""The experiments of several targets: one of each, with the same networks."""

from __future__ import annotations

from dataclasses import replace

from ensemble.config.experiment import Experiment


def by_target(experiment: Experiment) -> dict[str, Experiment]:
    """The experiment of each target, as if the config had named it alone.

    A sample submission asks for all of them, and is left to them together.
    """
    return {target: _of(experiment, target) for target in experiment.config.data.columns.targets}


def _of(experiment: Experiment, target: str) -> Experiment:
    config = experiment.config
    columns = config.data.columns.model_copy(update={"target": target})
    data = config.data.model_copy(update={"columns": columns, "sample_submission": None})
    return replace(experiment, config=config.model_copy(update={"data": data}))

"""Targets that a metric has no value for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from ensemble.metric import Metric
from ensemble.stacking.stack import StackLabels
from ensemble.stacking.targets import show_targets

Numbers = npt.NDArray[np.float64]


def refuse_unusable(names: npt.NDArray[np.str_], target: Numbers, metric: Metric) -> None:
    """Raise an ``InputError`` with the targets (n,) that the metric has no value for, by name."""
    wrong = metric.unusable(target)
    if wrong.any():
        raise InputError(
            f"score.metric: {metric.undefined(None, target)}; take another metric, or leave these "
            "out of the table:",
            show_targets(names, target, wrong),
        )


def refuse_alike(labels: StackLabels, metric: Metric) -> None:
    """Raise an ``InputError`` where the scored targets are too much alike for the metric."""
    if why := metric.undefined(None, labels.target[labels.counts]):
        raise InputError(
            f"score.metric: {why} among the photos that are scored; take another metric, or set "
            "score.set_aside_above higher"
        )

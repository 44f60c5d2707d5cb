"""Targets that a metric has no value for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError, first_ten
from ensemble.digits import format_given
from ensemble.metric import Metric
from ensemble.stacking.stack import StackLabels

Numbers = npt.NDArray[np.float64]


def refuse_unusable(names: npt.NDArray[np.str_], target: Numbers, metric: Metric) -> None:
    """Raise an ``InputError`` with the targets (n,) that the metric has no value for, by name."""
    wrong = np.flatnonzero(metric.unusable(target))
    if len(wrong):
        raise InputError(
            f"score.metric: {metric.undefined(None, target)}; take another metric, or leave these "
            "out of the table:",
            first_ten([f"{names[row]}: {format_given(float(target[row]))}" for row in wrong]),
        )


def refuse_alike(labels: StackLabels, metric: Metric) -> None:
    """Raise an ``InputError`` where the scored targets are too much alike for the metric."""
    if why := metric.undefined(None, labels.target[labels.counts]):
        raise InputError(
            f"score.metric: {why} among the photos that are scored; take another metric, or set "
            "score.set_aside_above higher"
        )

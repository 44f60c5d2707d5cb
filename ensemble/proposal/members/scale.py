"""Heads and limits that suit the scale of a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ensemble.proposal.findings import shown

#: The largest target that is taken for a count; prices and distances in whole numbers go beyond.
_COUNTS_TO = 1000

#: The largest to the smallest of nine targets in ten, from which on errors are thought of as
#: shares; below its square, log(1 + y) is hardly a logarithm.
_WIDE = 10.0


@dataclass(frozen=True)
class Scale:
    """What suits a target."""

    heads: tuple[Any, ...]  #: entries of a config, for pooled features
    reason: str
    minimum: float | None  #: a limit that no target is below


def scale_of(target: npt.NDArray[np.float64]) -> Scale:
    """The heads for a target, float64 (n,), in its own unit.

    Counts vary more where they are larger, by their square root; what is wide is learned by its
    logarithm.

    >>> scale_of(np.array([0.0, 1, 2, 5, 9])).heads
    ('ridge', {'head': 'svr', 'target': 'sqrt'})
    >>> scale_of(np.array([22000.0, 250000, 900000, 5.9e6])).heads[0]
    {'head': 'ridge', 'target': 'log1p'}
    >>> scale_of(np.array([-3.5, 0, 12])).minimum
    """
    lowest, highest = float(target.min()), float(target.max())
    low, high = np.quantile(target, [0.05, 0.95])
    minimum = 0.0 if lowest >= 0 else None
    if lowest < 0:
        return Scale(("ridge", "svr"), "some targets are below 0: on their own scale", minimum)
    spread = high / max(low, 1.0)
    if (target % 1 == 0).all() and highest <= _COUNTS_TO and spread >= 2:
        counted = ("ridge", {"head": "svr", "target": "sqrt"})
        return Scale(
            counted, "whole numbers that may be counts: one head on their square root", 0.0
        )
    if spread >= _WIDE and high >= _WIDE**2:
        heads = tuple({"head": head, "target": "log1p"} for head in ("ridge", "svr"))
        return Scale(
            heads, f"{shown(low)} to {shown(high)} in nine of ten: on the logarithm", minimum
        )
    return Scale(("ridge", "svr"), "a narrow range: on its own scale", minimum)

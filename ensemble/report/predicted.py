"""What a report of new photos goes by: their predictions, and the photos of the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.remote.photo import Photo
from ensemble.config.columns import LOWER, NOVELTY, UPPER
from ensemble.scoring.scores import Scores

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Predicted:
    """New photos that a run has predicted."""

    run: str  #: its folder or pack, as a command would name it
    unit: str  #: what is predicted: the name of the target's column
    table: pd.DataFrame  #: members, ``stack, lower, upper`` and perhaps ``novelty``, by name
    paths: Mapping[str, Photo | Sequence[Photo]]  #: of the photos, or those of items, by name
    #: ``target, stack`` of the photos of the fit, predicted out of fold; NaN where no stack did
    known: pd.DataFrame
    own: Numbers | None = None  #: how far photos of the fit lie from the others of it
    rejected: int = 0  #: photos that cannot be used, and were left out or filled
    scores: Scores | None = None  #: where the targets are known
    noun: str = "photo"  #: what a prediction is of

    @property
    def novelty(self) -> Numbers | None:
        """How far each new photo lies from those of the fit; None where the run cannot tell."""
        if self.own is None or NOVELTY not in self.table:
            return None
        return self.table[NOVELTY].to_numpy(dtype=np.float64)

    @property
    def width(self) -> Numbers:
        """The width of each photo's interval."""
        return (self.table[UPPER] - self.table[LOWER]).to_numpy(dtype=np.float64)

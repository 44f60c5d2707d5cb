"""The leaderboard: scores of members, references and stack, best first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ensemble.config.columns import STACK as STACK
from ensemble.scoring.scores import Scores, score
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

#: Name of the row that knows nothing of the photos: the mean target of the other folds, or of the
#: earlier ones.
CONSTANT = "constant"

#: Name of the row of the members' plain mean.
MEAN = "mean"


@dataclass(frozen=True)
class Leaderboard:
    """The scores of each column of the out-of-fold table, best first."""

    scores: dict[str, Scores]
    kinds: dict[str, str]  #: member, reference or stack

    @property
    def stack(self) -> Scores:
        return self.scores[STACK]

    @property
    def members(self) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind == "member"]

    @property
    def best_member(self) -> str:
        return self.members[0]

    def table(self) -> pd.DataFrame:
        """Return ``name, kind, rmse, standard_error, mae, rmse_all, photos``, best first."""
        rows = [
            {"name": name, "kind": self.kinds[name], **asdict(scores)}
            for name, scores in self.scores.items()
        ]
        return pd.DataFrame(rows)

    @classmethod
    def read(cls, path: Path) -> Leaderboard:
        """Read the leaderboard whose ``table`` was written to a CSV file."""
        rows = list(pd.read_csv(path).itertuples(index=False, name=None))
        scores = {name: Scores(*values) for name, _, *values in rows}
        return cls(scores, {name: kind for name, kind, *_ in rows})


def rank(
    table: OutOfFold,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    set_aside_above: float | None,
) -> Leaderboard:
    """Score every column of the out-of-fold table, the stack and the references.

    Parameters
    ----------
    stack : float64 (rows,)
        The stack's nested predictions.
    target, weight : float64 (photos,)
    """
    rows, photos = predictions_of(table, stack, target, weight), table.photos
    target, weight = target[photos], None if weight is None else weight[photos]
    kinds = dict.fromkeys(table.members, "member")
    kinds |= {MEAN: "reference", CONSTANT: "reference", STACK: "stack"}
    scores = {
        name: score(table.by_photo(column), target, weight, set_aside_above)
        for name, column in rows.items()
    }
    best_first = sorted(scores, key=lambda name: (scores[name].rmse, kinds[name] != "stack"))
    return Leaderboard(
        {name: scores[name] for name in best_first}, {name: kinds[name] for name in best_first}
    )


def predictions_of(
    table: OutOfFold, stack: Numbers, target: Numbers, weight: Numbers | None
) -> dict[str, Numbers]:
    """The predictions float64 (rows,) behind each row of the leaderboard; arguments as ``rank``."""
    return {
        **dict(zip(table.members, table.predictions.T, strict=True)),
        MEAN: table.predictions.mean(axis=1),
        CONSTANT: constant(table, target, weight),
        STACK: stack,
    }


def constant(table: OutOfFold, target: Numbers, weight: Numbers | None) -> Numbers:
    """Predict each fold by the mean target of the other folds: a baseline without features.

    Of ordered folds, by that of all earlier ones.
    """
    predictions = np.empty(len(table.fold))
    for training, held_out in table.splits():
        photos = np.concatenate([table.before, table.photo[training]])
        predictions[held_out] = np.average(
            target[photos], weights=None if weight is None else weight[photos]
        )
    return predictions

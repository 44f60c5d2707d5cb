"""The leaderboard: scores of members, references and stack, best first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError
from backbones.plural import part
from ensemble.config.columns import STACK as STACK
from ensemble.metric import RMSE, Metric
from ensemble.scoring.scores import Scores, score
from ensemble.stacking.outoffold import OutOfFold

Numbers = npt.NDArray[np.float64]

#: Name of the row that knows nothing of the photos: one number for each fold, which by the metric
#: is best on the other folds, or on the earlier ones; by RMSE their mean target.
CONSTANT = "constant"

#: No other rows.
_NONE: Mapping[str, Numbers] = MappingProxyType({})

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
    def metric(self) -> Metric:
        """The metric that it is ordered by."""
        return Metric(next(iter(self.scores.values())).headline.metric)

    @property
    def members(self) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind == "member"]

    @property
    def best_member(self) -> str:
        return self.members[0]

    def table(self) -> pd.DataFrame:
        """Return ``name, kind, rmse, standard_error, mae, rmse_all, photos``, best first.

        Of another metric than RMSE its own come before: ``mape, mape_standard_error, mape_all``.
        """
        rows = [
            {"name": name, "kind": self.kinds[name], **scores.columns()}
            for name, scores in self.scores.items()
        ]
        return pd.DataFrame(rows)

    @classmethod
    def read(cls, path: Path) -> Leaderboard:
        """Read the leaderboard whose ``table`` was written to a CSV file."""
        rows = pd.read_csv(path)
        columns = {str(name): rows[name].tolist() for name in rows}
        scores, kinds = {}, {}
        for number, name in enumerate(map(str, columns["name"])):
            scores[name] = Scores.from_columns({key: one[number] for key, one in columns.items()})
            kinds[name] = str(columns["kind"][number])
        return cls(scores, kinds)


def rank(
    table: OutOfFold,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    set_aside_above: float | None,
    metric: Metric = RMSE,
    references: Mapping[str, Numbers] = _NONE,
) -> Leaderboard:
    """Score every column of the out-of-fold table, the stack and the references.

    Parameters
    ----------
    stack : float64 (rows,)
        The stack's nested predictions.
    target, weight : float64 (photos,)
    references : mapping of str to float64 (rows,)
        Other predictions that the stack is held against.

    Raises
    ------
    InputError
        The metric has no value for the predictions of some.
    """
    rows = predictions_of(table, stack, target, weight, metric, references)
    refuse_predictions(rows, metric)
    target, weight = table.of_photos(target, weight)
    kinds = dict.fromkeys(table.members, "member")
    kinds |= dict.fromkeys((MEAN, CONSTANT, *references), "reference") | {STACK: "stack"}
    scores = {
        name: score(table.by_photo(column), target, weight, set_aside_above, metric)
        for name, column in rows.items()
    }

    def place(name: str) -> tuple[float, bool]:
        value = scores[name].headline.value
        return -value if metric.higher_is_better else value, kinds[name] != "stack"

    best_first = sorted(scores, key=place)
    return Leaderboard(
        {name: scores[name] for name in best_first}, {name: kinds[name] for name in best_first}
    )


def predictions_of(
    table: OutOfFold,
    stack: Numbers,
    target: Numbers,
    weight: Numbers | None,
    metric: Metric = RMSE,
    references: Mapping[str, Numbers] = _NONE,
) -> dict[str, Numbers]:
    """The predictions float64 (rows,) behind each row of the leaderboard; arguments as ``rank``."""
    return {
        **dict(zip(table.members, table.predictions.T, strict=True)),
        MEAN: table.predictions.mean(axis=1),
        CONSTANT: constant(table, target, weight, metric),
        **references,
        STACK: stack,
    }


def constant(
    table: OutOfFold, target: Numbers, weight: Numbers | None, metric: Metric = RMSE
) -> Numbers:
    """Predict each fold by the best one number for the other folds: a baseline without features.

    Of ordered folds, for all earlier ones. By RMSE and R2 it is the mean target, by MAE the median.
    """
    predictions = np.empty(len(table.fold))
    for training, held_out in table.splits():
        photos = np.concatenate([table.before, table.photo[training]])
        predictions[held_out] = metric.constant(
            target[photos], None if weight is None else weight[photos]
        )
    return predictions


def refuse_predictions(columns: Mapping[str, Numbers], metric: Metric) -> None:
    """Raise an ``InputError`` with the columns, float64 (rows,), that the metric cannot score."""
    wrong = {name: metric.count_unusable(column) for name, column in columns.items()}
    named = [
        f"{name}, {part(count, len(columns[name]), 'prediction')}"
        for name, count in wrong.items()
        if count
    ]
    if named:
        raise InputError(
            f"score.metric: {metric.name} takes the logarithm of 1 + prediction, which has to be "
            "above -1, and is not everywhere; with data.minimum: 0 no prediction lies below 0, or "
            "give these heads target: log1p, or take another metric:",
            named,
        )

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.metric import Metric, MetricName
from ensemble.scoring.leaderboard import Leaderboard, constant, rank
from ensemble.stacking.outoffold import OutOfFold

Y = np.array([1.0, 2.0, 3.0, 4.0, 60.0, 0.0])
FOLD = np.array([0, 0, 1, 1, 2, 2])


def table(*columns: np.ndarray) -> OutOfFold:
    return OutOfFold(
        members=tuple(f"b.{n}" for n in range(len(columns))),
        photo=np.arange(6),
        fold=FOLD,
        repeat=np.zeros(6, dtype=int),
        predictions=np.column_stack(columns),
        inner={},
    )


def test_it_is_ordered_best_first_and_names_the_best_member() -> None:
    board = rank(table(Y + 2, Y - 1), Y + 0.5, Y, None, None)
    assert list(board.scores) == ["stack", "mean", "b.1", "b.0", "constant"]
    errors = [scores.rmse for scores in board.scores.values()][:4]
    assert errors == pytest.approx([0.5, 0.5, 1.0, 2.0])
    assert board.best_member == "b.1"
    assert board.table()["kind"].tolist() == ["stack", "reference", "member", "member", "reference"]


def test_the_constant_is_the_mean_of_the_other_folds() -> None:
    board = rank(table(Y), Y, Y, None, None)
    expected = np.array([Y[fold != FOLD].mean() for fold in FOLD])
    assert board.scores["constant"].rmse == pytest.approx(np.sqrt(np.mean((expected - Y) ** 2)))


def test_photos_set_aside_stand_beside() -> None:
    wrong = Y.copy()
    wrong[4] = 0.0
    board = rank(table(wrong), Y, Y, None, 40.0)
    assert board.scores["b.0"].rmse == 0.0
    assert board.scores["b.0"].rmse_all == pytest.approx(60 / np.sqrt(6))
    assert board.scores["b.0"].photos == 5


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    board = rank(table(Y + 2, Y - 1), Y + 1 / 3, Y, None, 40)
    board.table().to_csv(tmp_path / "board.csv", index=False)
    back = Leaderboard.read(tmp_path / "board.csv")
    assert (list(back.scores), back.kinds) == (list(board.scores), board.kinds)
    for name, scores in board.scores.items():
        assert back.scores[name].measured is None is scores.measured
        assert astuple(back.scores[name])[:-1] == pytest.approx(astuple(scores)[:-1])


PRICES = np.array([1.0, 2.0, 100.0, 200.0, 1000.0, 2000.0])

#: Off by a fifth of each, by 30, and by 400 once.
OFF = (PRICES * 1.2, PRICES + 30.0, np.where(PRICES == 1000.0, 1400.0, PRICES))


@pytest.mark.parametrize(
    ("metric", "order"),
    [
        ("rmse", ["b.1", "b.2", "b.0"]),
        ("r2", ["b.1", "b.2", "b.0"]),
        ("mae", ["b.1", "b.2", "b.0"]),
        ("mape", ["b.2", "b.0", "b.1"]),
        ("rmsle", ["b.2", "b.0", "b.1"]),
    ],
)
def test_the_metric_decides_the_order(metric: MetricName, order: list[str]) -> None:
    board = rank(table(*OFF), PRICES, PRICES, None, None, Metric(metric))
    assert board.members == order
    assert board.best_member == order[0]
    assert next(iter(board.scores)) == "stack"
    assert list(board.scores)[-1] == "constant"
    assert board.metric == Metric(metric)


@pytest.mark.parametrize("metric", ["mae", "mape", "rmsle", "r2"])
def test_columns_of_the_metric_come_first_and_are_read_again(
    metric: MetricName, tmp_path: Path
) -> None:
    board = rank(table(*OFF), PRICES, PRICES, None, 1500.0, Metric(metric))
    written = board.table()
    ends = [f"{metric}_standard_error", f"{metric}_all"]
    assert written.columns[:5].tolist() == ["name", "kind", metric, *ends]
    assert {"rmse", "standard_error", "mae", "rmse_all", "photos"} <= set(written)
    written.to_csv(tmp_path / "board.csv", index=False)
    back = Leaderboard.read(tmp_path / "board.csv")
    assert back.metric == Metric(metric)
    assert back.table().to_csv(index=False) == written.to_csv(index=False)


def test_rmse_has_the_columns_that_it_always_had() -> None:
    columns = rank(table(*OFF), PRICES, PRICES, None, None).table().columns.tolist()
    assert columns == ["name", "kind", "rmse", "standard_error", "mae", "rmse_all", "photos"]


@pytest.mark.parametrize(("metric", "best"), [("mae", 3.0), ("mape", 2.0)])
def test_the_constant_is_the_best_of_the_other_folds(metric: MetricName, best: float) -> None:
    target = np.array([9.0, 9.0, 2.0, 2.0, 3.0, 80.0])
    known = constant(table(target), target, None, Metric(metric))
    assert known[:2].tolist() == [{"mae": 2.0, "mape": 2.0}[metric]] * 2
    known = constant(table(target), target, np.array([1, 1, 1, 1, 2.5, 1]), Metric(metric))
    assert known[0] == best


def test_members_below_the_logarithm_are_named_with_the_way_out() -> None:
    below = Y - 3.0
    with pytest.raises(
        InputError, match=r"score\.metric: rmsle .* with data\.minimum: 0"
    ) as raised:
        rank(table(below, Y), Y, Y, None, None, Metric("rmsle"))
    assert raised.value.mistakes == ["b.0, 3 of 6 predictions", "mean, 1 of 6 predictions"]
    board = rank(table(below, Y), Y, Y, None, None, Metric("rmsle", 0.0))
    assert np.isfinite(board.scores["b.0"].headline.value)

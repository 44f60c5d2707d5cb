from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from ensemble.scoring.leaderboard import Leaderboard, rank
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
        assert astuple(back.scores[name]) == pytest.approx(astuple(scores))

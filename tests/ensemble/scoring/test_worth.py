from __future__ import annotations

import numpy as np
import pytest

from ensemble.scoring.leaderboard import rank
from ensemble.scoring.worth import gain, worth_warnings
from ensemble.stacking.outoffold import OutOfFold

N = 40
FOLD = np.repeat([0, 1], N // 2)
DRAW = np.random.default_rng(0)
Y = DRAW.normal(0, 1, N)


def warnings(stack: np.ndarray, *members: np.ndarray) -> list[str]:
    columns = members or (stack,)
    table = OutOfFold(
        members=tuple(f"b.{n}" for n in range(len(columns))),
        photo=np.arange(N),
        fold=FOLD,
        repeat=np.zeros(N, dtype=int),
        predictions=np.column_stack(columns),
        inner={},
    )
    board = rank(table, stack, Y, None, None)
    scores = {name: {"rmse": one.rmse} for name, one in board.scores.items()}
    return worth_warnings(gain(table, stack, Y, None, None), scores, list(table.members))


def test_what_is_worse_is_said_to_be_with_both_scores() -> None:
    (said,) = warnings(-2 * Y)
    assert said.startswith("the stack is worse than knowing nothing of the photos: its RMSE")
    assert f"{3 * np.sqrt(np.mean(Y**2)):.4g}, that of the constant" in said


def test_a_gain_that_chance_may_make_is_none() -> None:
    constant = np.where(FOLD == 0, Y[FOLD == 1].mean(), Y[FOLD == 0].mean())
    (said,) = warnings(constant)
    assert said.startswith("the stack is no better than knowing nothing")
    (said,) = warnings(constant + 0.02 * (Y - constant) + DRAW.normal(0, 0.1, N))
    assert "may be no better than" in said or "is no better than" in said


def test_a_stack_that_tells_something_needs_no_word() -> None:
    assert warnings(0.8 * Y) == []


def test_members_that_know_nothing_by_themselves_are_named() -> None:
    (said,) = warnings(0.8 * Y, Y + 5, Y - 5)
    assert said.startswith("no member is better than knowing nothing")


@pytest.mark.parametrize("seed", range(10))
def test_targets_at_random_are_never_passed_over(seed: int) -> None:
    draw = np.random.default_rng(seed)
    (said,) = warnings(Y[draw.permutation(N)])
    assert "than knowing nothing" in said

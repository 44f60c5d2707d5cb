from __future__ import annotations

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.scoring.leaderboard import rank
from ensemble.scoring.worth import refuse_constant, silent_members, worth, worth_warnings
from ensemble.stacking.outoffold import OutOfFold

N = 301
FOLD = np.repeat([0, 1, 2, 3], [100, 100, 100, 1])
Y = np.random.default_rng(0).normal(5000, 1000, N)


def table(**columns: np.ndarray) -> OutOfFold:
    return OutOfFold(
        members=tuple(f"b.{name}" for name in columns),
        photo=np.arange(N),
        fold=FOLD,
        repeat=np.zeros(N, dtype=int),
        predictions=np.column_stack(list(columns.values())),
        inner={},
    )


def test_a_member_that_predicts_one_number_in_a_fold_is_known() -> None:
    by_fold = 5000.0 + FOLD
    partly = np.where(FOLD == 1, 7.0, Y)
    found = silent_members(table(silent=by_fold, zero=0 * Y, partly=partly, good=Y))
    assert found == {"b.silent": 3, "b.zero": 3, "b.partly": 1}


def test_folds_of_one_photo_say_nothing_of_a_member() -> None:
    single = OutOfFold(("b.m",), np.arange(3), np.arange(3), np.zeros(3, int), Y[:3, None], {})
    assert silent_members(single) == {}


def warnings(table: OutOfFold) -> list[str]:
    return worth_warnings(worth(table, rank(table, Y, Y, None, None), Y, Y, None, None))


def test_members_that_say_nothing_or_little_are_named() -> None:
    mean = Y.mean()
    weak = mean + 1e-3 * (Y - mean)  # as of an svr whose C does not suit the target
    found = table(
        silent=np.full(N, mean),
        partly=np.where(FOLD == 1, 7.0, Y),
        weak=weak,
        worse=Y[::-1],
        good=Y + 300,
    )
    messages = warnings(found)
    assert len(messages) == 3
    assert messages[0].startswith(
        "the same number for all photos is predicted by b.silent (in 3 of 4 folds), b.partly (in 1 "
        "of 4 folds): they say nothing"
    )
    assert messages[1].startswith("no better than knowing nothing, which has an RMSE of ")
    assert messages[2].startswith("hardly better than knowing nothing, which has an RMSE of ")
    assert "b.worse (RMSE " in messages[1]
    assert "b.weak (RMSE " in messages[2]
    for name in ("good", "silent", "partly"):
        assert name not in messages[1] + messages[2]


def test_good_members_are_not_spoken_of() -> None:
    assert warnings(table(good=Y + 300)) == []


@pytest.mark.parametrize("weight", [None, np.array([1.0, 2.0, 0.0])])
def test_a_target_that_is_always_the_same_is_refused(weight: np.ndarray | None) -> None:
    target = np.array([7.0, 7.0, 7.0 if weight is None else 8.0])
    with pytest.raises(InputError, match="the target is 7 for all"):
        refuse_constant(target, weight)
    refuse_constant(np.array([7.0, 7.5, 8.0]), weight)


def test_photos_that_all_have_no_weight_are_refused() -> None:
    with pytest.raises(InputError, match=r"of 2 photos .*, each has a weight of 0; see data\.col"):
        refuse_constant(np.array([7.0, 8.0]), np.zeros(2))

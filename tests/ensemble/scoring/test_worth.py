from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ensemble.metric import Metric, MetricName
from ensemble.report.summary import fit_warnings
from ensemble.scoring.leaderboard import constant, rank
from ensemble.scoring.worth import worth, worth_warnings
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
    metrics = worth(table, board, stack, Y, None, None)
    old = {key: one for key, one in metrics.items() if key in ("scores", "members")}
    said = worth_warnings(json.loads(json.dumps(metrics)))
    assert not [line for line in worth_warnings(old) if "by chance" in line]
    return said


def test_what_is_worse_is_said_to_be_with_both_scores() -> None:
    (said,) = warnings(-2 * Y)
    assert said.startswith("the stack is worse than knowing nothing of the photos: its RMSE")
    assert f"is {3 * np.sqrt(np.mean(Y**2)):.2f}, that of the constant" in said
    assert said.endswith("and try other backbones or heads")


def test_a_gain_that_chance_may_make_is_none() -> None:
    constant = np.where(FOLD == 0, Y[FOLD == 1].mean(), Y[FOLD == 0].mean())
    said, silent = warnings(constant)
    assert said.startswith("the stack is no better than knowing nothing")
    assert silent.startswith("the same number for all photos is predicted by b.0 (in 2 of 2 folds)")
    (said,) = warnings(constant + 0.02 * (Y - constant) + DRAW.normal(0, 0.1, N))
    assert "may be no better than" in said or "is no better than" in said


def test_a_stack_that_tells_something_needs_no_word() -> None:
    assert warnings(0.8 * Y) == []


def test_members_that_know_nothing_by_themselves_are_named() -> None:
    (said,) = warnings(0.8 * Y, Y + 5, Y - 5)
    assert said.startswith("far worse than knowing nothing, which has an RMSE of ")
    assert "b.0 (RMSE 5), b.1 (RMSE 5); their fits diverge: lower the learning" in said


def test_a_stack_that_is_hardly_better_is_said_to_be() -> None:
    constant = np.where(FOLD == 0, Y[FOLD == 1].mean(), Y[FOLD == 0].mean())
    hardly = constant + 0.015 * (Y - constant)
    said, member = warnings(hardly, hardly, 0.8 * Y)
    assert said.startswith("the stack is hardly better than knowing nothing of the photos: its")
    assert member.startswith("hardly better than knowing nothing, which")


@pytest.mark.parametrize("seed", range(10))
def test_targets_at_random_are_never_passed_over(seed: int) -> None:
    draw = np.random.default_rng(seed)
    (said,) = warnings(Y[draw.permutation(N)])
    assert "than knowing nothing" in said


def test_runs_of_older_versions_are_summed_up_too(tmp_path: Path) -> None:
    scores = {
        "stack": {"rmse": 2.0},
        "b.r": {"rmse": 1.99},
        "b.s": {"rmse": 1.0},
        "constant": {"rmse": 2.0},
    }
    stack, member = fit_warnings({"scores": scores, "members": ["b.r", "b.s"]}, tmp_path)
    assert stack.startswith("the stack is no better than knowing nothing")
    assert member.startswith("hardly better than knowing nothing, which has an RMSE of 2: b.r (")


@pytest.mark.parametrize("name", ["mae", "mape", "rmsle", "r2"])
def test_other_metrics_are_named_and_held_against_their_own_constant(name: MetricName) -> None:
    metric, target = Metric(name), np.exp(Y)

    def said(stack: np.ndarray) -> list[str]:
        table = OutOfFold(("b.0",), np.arange(N), FOLD, 0 * FOLD, stack[:, np.newaxis], {})
        board = rank(table, stack, target, None, None, metric)
        return worth_warnings(
            json.loads(json.dumps(worth(table, board, stack, target, None, None, metric)))
        )

    assert said(target * 1.1) == []
    (line,) = said(10 * target[::-1])
    assert line.startswith("the stack is ")
    assert f"its {metric.label} on photos that it has not seen is" in line
    assert f"the constant ({metric.describe_constant('other folds')})" in line
    assert "RMSE" not in line
    known = constant(
        OutOfFold(("b.0",), np.arange(N), FOLD, 0 * FOLD, target[:, np.newaxis], {}),
        target,
        None,
        metric,
    )
    assert said(known)[0].startswith("the stack is no better than knowing nothing")

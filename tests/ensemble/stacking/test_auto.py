"""What a stack is chosen by, where metrics disagree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from backbones.errors import InputError
from ensemble.config.stack import StackSpec
from ensemble.metric import Metric, MetricName
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import StackLabels, fit_stack

N = 90


def disagreeing() -> tuple[OutOfFold, npt.NDArray[np.float64]]:
    """Members of which each is best by another metric, and nothing to gain by mixing them.

    Prices over four orders of magnitude: one member is off by a share of each, one by the same
    amount everywhere, and one is exact but for a few photos.
    """
    draw = np.random.default_rng(0)
    target = 10.0 ** draw.uniform(0, 4, N)
    share = target * np.exp(draw.normal(0, 0.2, N))
    amount = target + draw.choice([-300.0, 300.0], N)
    few = np.where(np.arange(N) % 10 == 0, target + 1500.0, target)
    columns = np.column_stack([share, amount, few])
    fold = np.arange(N) % 4
    inner = {
        (one, other): columns[fold == one] for one in range(4) for other in range(4) if one != other
    }
    order = np.argsort(fold, kind="stable")
    repeat = np.zeros(N, dtype=int)
    return (
        OutOfFold(("share", "amount", "few"), order, fold[order], repeat, columns[order], inner),
        target,
    )


@pytest.mark.parametrize(
    ("metric", "best"), [("rmse", 1), ("r2", 1), ("mae", 2), ("rmsle", 0), ("mape", 0)]
)
def test_auto_chooses_by_the_metric(metric: MetricName, best: int) -> None:
    table, target = disagreeing()
    labels = StackLabels(target, None, np.ones(N, dtype=bool), Metric(metric, 0.0))
    errors = [labels.take(table.photo).error(column) for column in table.predictions.T]
    assert int(np.argmin(errors)) == best
    stack = fit_stack(StackSpec(), table, labels, seed=0)
    assert labels.take(table.photo).error(stack.nested) <= errors[best]
    plain = fit_stack(StackSpec(), table, StackLabels(target, None, labels.scored), seed=0)
    if metric in ("rmse", "r2"):
        assert (stack.form, stack.nested.tolist()) == (plain.form, plain.nested.tolist())
    else:
        assert labels.take(table.photo).error(stack.nested) < labels.take(table.photo).error(
            plain.nested
        )


def test_auto_leaves_out_logarithms_that_targets_do_not_have() -> None:
    table, target = disagreeing()
    target = target - 50.0
    labels = StackLabels(target, None, np.ones(N, dtype=bool), Metric("mape"))
    stack = fit_stack(StackSpec(), table, labels, seed=0)
    assert stack.form != "relative_log"
    assert np.isfinite(stack.nested).all()


def test_a_form_that_targets_do_not_suit_is_named() -> None:
    table, target = disagreeing()
    labels = StackLabels(target - 50.0, None, np.ones(N, dtype=bool))
    with pytest.raises(InputError, match=r"stack: relative_log cannot be fitted .* above 0"):
        fit_stack(StackSpec(method="relative_log"), table, labels, seed=0)

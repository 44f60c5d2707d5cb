from __future__ import annotations

from ensemble.report.checks.worth import StackAgainstBest, StackAgainstConstant
from tests.ensemble.report.made_up import MEMBERS, evidence


def test_a_stack_that_may_know_nothing() -> None:
    assert StackAgainstConstant()(evidence()) is None
    found = StackAgainstConstant()(evidence(gains={"constant": (0.3, 0.2)}))
    assert found is not None
    assert found.serious
    assert "within what comes by chance" in found.seen


def test_a_stack_that_adds_nothing_to_its_best_member() -> None:
    assert StackAgainstBest()(evidence()) is None
    found = StackAgainstBest()(evidence(gains={MEMBERS[0]: (0.01, 0.02)}))
    assert found is not None
    assert not found.serious
    assert f"{MEMBERS[0]} alone" in found.seen


def test_findings_name_the_metric() -> None:
    found = StackAgainstConstant()(evidence(gains={"constant": (0.01, 0.02)}, metric="mape"))
    assert found is not None
    assert "Its MAPE is" in found.seen
    assert "always saying the number of least MAPE on the other folds gives" in found.seen
    found = StackAgainstBest()(evidence(gains={MEMBERS[0]: (0.01, 0.02)}, metric="mape"))
    assert found is not None
    assert "The stack has a MAPE of" in found.seen


def test_a_run_of_before_says_nothing_of_gains() -> None:
    assert StackAgainstConstant()(evidence(gains={})) is None
    assert StackAgainstBest()(evidence(gains={})) is None

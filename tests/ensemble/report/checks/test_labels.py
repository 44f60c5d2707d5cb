from __future__ import annotations

from ensemble.report.checks.labels import SuspectedLabels, TargetOutliers
from tests.ensemble.report.made_up import MEMBERS, evidence, numbers


def test_a_target_far_from_what_all_members_say_is_suspected() -> None:
    oof = numbers(error=0.5)
    assert SuspectedLabels()(evidence(oof)) is None
    oof.loc[7, "target"] += 9
    found = SuspectedLabels()(evidence(oof))
    assert found is not None
    assert found.photos == ("0007.jpg",)
    assert "the 0.9 interval" in found.seen


def test_members_that_disagree_suspect_nobody() -> None:
    oof = numbers(error=0.5)
    oof.loc[7, "target"] += 9
    oof.loc[7, MEMBERS[0]] += 9
    assert SuspectedLabels()(evidence(oof)) is None


def test_endless_intervals_suspect_nobody() -> None:
    oof = numbers(error=0.5)
    oof.loc[7, "target"] += 9
    oof["lower"], oof["upper"] = -float("inf"), float("inf")
    assert SuspectedLabels()(evidence(oof)) is None


def test_few_targets_far_outside_are_outliers_and_many_are_none() -> None:
    assert TargetOutliers()(evidence()) is None
    oof = numbers()
    oof.loc[[4, 9], "target"] = [500.0, 90.0]
    found = TargetOutliers()(evidence(oof))
    assert found is not None
    assert found.photos == ("0004.jpg", "0009.jpg")
    assert "the farthest is 500" in found.seen
    oof.loc[:30, "target"] = 500.0
    assert TargetOutliers()(evidence(oof)) is None

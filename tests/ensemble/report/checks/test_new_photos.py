from __future__ import annotations

import pytest

from ensemble.report.checks.new_photos import BeyondTargets, FarPhotos
from tests.ensemble.report.made_up_new import predicted


def test_photos_of_another_kind_are_named_the_farthest_first() -> None:
    found = FarPhotos()(predicted(far=40))
    assert found is not None
    assert found.seen.startswith("40 of 100 new photos (40%) lie farther")
    assert found.serious
    assert found.photos == tuple(f"{number:04}.jpg" for number in range(8))


@pytest.mark.parametrize(("count", "far"), [(100, 0), (100, 5), (100, 9), (5, 1), (3, 1)])
def test_as_many_as_of_the_fit_or_too_few_to_tell_are_no_finding(count: int, far: int) -> None:
    assert FarPhotos()(predicted(count, far)) is None


@pytest.mark.parametrize(("count", "far"), [(2, 2), (5, 3), (1000, 100)])
def test_a_few_photos_may_be_enough(count: int, far: int) -> None:
    assert FarPhotos()(predicted(count, far)) is not None


def test_a_run_that_cannot_tell_has_no_finding() -> None:
    assert FarPhotos()(predicted(far=40, own=None)) is None
    table = predicted(far=40).table.drop(columns="novelty")
    assert FarPhotos()(predicted(table=table)) is None


def test_predictions_beyond_the_targets_are_named() -> None:
    table = predicted().table.copy()
    table["stack"] = 5.0
    assert BeyondTargets()(predicted(table=table)) is None
    table.loc["0007.jpg", "stack"] = 19.5
    table.loc["0009.jpg", "stack"] = 0.5
    found = BeyondTargets()(predicted(table=table))
    assert found is not None
    assert found.seen == "2 of 100 predictions are outside of 1 to 19, the targets of the fit."
    assert found.photos == ("0007.jpg", "0009.jpg")

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ensemble.scoring.calibration import (
    ALL,
    FEW,
    HIGH,
    LOW,
    MANY,
    Calibration,
    Coverage,
    calibrate,
    summary,
)
from ensemble.scoring.intervals import Errors, Intervals, Scale, fit_intervals
from ensemble.stacking.outoffold import OutOfFold
from tests.ensemble.scoring.counts import counts

LIMITS = (1.0, np.inf)


def table(n: int, folds: int = 5, repeats: int = 1) -> OutOfFold:
    """Of no member: only the folds count."""
    fold = np.concatenate([np.sort(np.arange(n) % folds) + folds * r for r in range(repeats)])
    photo = np.concatenate([np.argsort(np.arange(n) % folds, kind="stable")] * repeats)
    repeat = np.repeat(np.arange(repeats), n)
    return OutOfFold((), photo, fold, repeat, np.empty((n * repeats, 0)), {})


def calibrated(n: int, **changes: Any) -> tuple[OutOfFold, Calibration]:
    predictions, target = counts(n)
    given = {"weight": None, "coverage": 0.9, "limits": LIMITS, **changes}
    rows = table(n, given.pop("folds", 5), given.pop("repeats", 1))
    return rows, calibrate(rows, predictions[rows.photo], target, **given)


def test_a_fold_is_judged_by_the_errors_of_the_others_alone() -> None:
    predictions, target = counts(600)
    rows, before = calibrated(600)
    changed = target.copy()
    changed[rows.photo[rows.fold == 2]] += 50.0
    after = calibrate(rows, predictions[rows.photo], changed, None, 0.9, LIMITS)
    own = rows.fold == 2
    np.testing.assert_array_equal(after.upper[own], before.upper[own])
    assert (after.upper[~own] > before.upper[~own]).all()
    others = rows.photo[~own]
    known = Errors.of(others, predictions[others], target, None)
    expected = fit_intervals(known, 0.9).around(predictions[rows.photo[own]], LIMITS)
    np.testing.assert_array_equal((before.lower[own], before.upper[own]), expected)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_both_halves_of_the_predictions_are_covered_as_asked(coverage: float) -> None:
    """A half has 3,000 photos, so that one standard error is at most 0.8 %."""
    _, found = calibrated(6000, coverage=coverage)
    assert found.coverage[ALL].share == pytest.approx(coverage, abs=0.012)
    for half in (LOW, HIGH):
        assert found.coverage[half].share == pytest.approx(coverage, abs=0.02)
    low, high = found.coverage[LOW].mean_width, found.coverage[HIGH].mean_width
    assert low is not None
    assert high is not None
    assert high > 1.5 * low


def test_new_photos_are_covered_as_the_folds_say() -> None:
    _, found = calibrated(3000)
    predictions, target = counts(20_000, seed=1)
    lower, upper = found.intervals.around(predictions, LIMITS)
    share = np.mean((lower <= target) & (target <= upper))
    assert share == pytest.approx(0.9, abs=0.015)
    assert share == pytest.approx(found.coverage[ALL].share, abs=0.015)


def test_coverage_is_that_of_the_rows_and_of_their_weights() -> None:
    target = counts(200)[1]
    weight = np.arange(200.0) % 3
    rows, found = calibrated(200, weight=weight)
    truth, mass = target[rows.photo], weight[rows.photo]
    inside = (found.lower <= truth) & (truth <= found.upper)
    few = truth <= np.median(truth)
    expected = (inside * mass)[few].sum() / mass[few].sum()
    assert found.coverage[FEW].share == pytest.approx(expected)
    assert found.coverage[FEW].photos == (few & (mass > 0)).sum()
    width = np.average(found.upper - found.lower, weights=mass)
    assert found.coverage[ALL].mean_width == pytest.approx(width)
    assert found.lower.min() >= 1.0


def test_repeats_are_judged_in_their_own_repeat() -> None:
    rows, found = calibrated(300, repeats=2)
    _, once = calibrated(300)
    np.testing.assert_array_equal(found.upper[rows.repeat == 0], once.upper)
    shares = {group: one.share for group, one in once.coverage.items()}
    assert {group: one.share for group, one in found.coverage.items()} == shares
    assert found.coverage[ALL].photos == 300
    assert len(found.intervals.scale.level) == 3


def test_two_folds_are_enough() -> None:
    _, found = calibrated(1000, folds=2)
    assert found.coverage[ALL].share == pytest.approx(0.9, abs=0.03)


def test_a_half_that_holds_nobody_is_left_out() -> None:
    rows = table(40)
    found = calibrate(rows, np.full(40, 2.0), np.full(40, 2.0), None, 0.9, LIMITS)
    assert list(found.coverage) == [ALL, LOW, FEW]
    assert found.coverage[ALL] == Coverage(1.0, 0.0, 40)


def test_the_summary_and_the_metrics_say_what_was_measured() -> None:
    intervals = Intervals(0.9, Scale(np.zeros(1), np.ones(1)), 2.0, 2.0)
    measured = {
        ALL: Coverage(0.9012, 2.5, 100),
        LOW: Coverage(0.91, 2.0, 50),
        HIGH: Coverage(0.8924, 3.0, 50),
        FEW: Coverage(0.9, 2.1, 60),
        MANY: Coverage(0.903, 3.1, 40),
    }
    found = Calibration(intervals, np.zeros(100), np.zeros(100), measured)
    assert summary(found.metrics) == (
        "0.9 intervals hold 90.1% of targets out of fold (91.0% of the lower half of predictions, "
        "89.2% of the upper half of predictions); mean width 2.5"
    )
    assert found.metrics["coverage"] == 0.9
    assert found.metrics["measured"][HIGH] == {"share": 0.8924, "mean_width": 3.0, "photos": 50}


def test_too_few_photos_are_said_to_be_too_few() -> None:
    _, found = calibrated(10)
    assert found.coverage[ALL] == Coverage(1.0, None, 10)
    assert summary(found.metrics) == (
        "0.9 intervals are endless: there are too few photos to tell their width"
    )


def test_intervals_of_whole_photos_grow_beyond_the_parts_that_were_counted() -> None:
    _, whole = calibrated(60)
    _, parts = calibrated(60, in_parts=True)
    most = np.array([counts(60)[0].max()])
    for factor, times in ((0.5, 1), (1, 1), (4, 4)):
        ends = [one.intervals.around(factor * most, (-np.inf, np.inf)) for one in (whole, parts)]
        usual, grown = (float(upper[0] - lower[0]) for lower, upper in ends)
        assert grown == pytest.approx(times * usual)

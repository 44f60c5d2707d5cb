from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.linear_model import LinearRegression

from ensemble import heads
from ensemble.metric import Metric, MetricName
from ensemble.stacking import forms
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.rounding import Rounded
from ensemble.stacking.stack import Stack, StackLabels

Numbers = npt.NDArray[np.float64]

N = 120
DRAW = np.random.default_rng(0)
TARGET = DRAW.integers(1, 9, N).astype(float)
NEAR = TARGET + DRAW.uniform(-0.3, 0.3, N)  #: whole numbers are the targets themselves
FAR = TARGET + DRAW.uniform(-3, 3, N)


def rounded(nested: Numbers, metric: MetricName = "rmse", weight: Numbers | None = None) -> Stack:
    """What becomes of a stack of one member with these nested predictions."""
    table = OutOfFold(
        members=("b.r",),
        photo=np.arange(N),
        fold=np.arange(N) % 3,
        repeat=np.zeros(N, dtype=int),
        predictions=nested[:, np.newaxis],
        inner={},
    )
    single = forms.Single(0).fit(table.predictions, TARGET)
    labels = StackLabels(TARGET, weight, np.ones(N, dtype=bool), Metric(metric))
    return Stack("b.r", single, nested).round(table, labels)


@pytest.mark.parametrize("metric", ["rmse", "mae", "mape", "rmsle"])
def test_whole_numbers_are_predicted_where_the_score_gains(metric: MetricName) -> None:
    stack = rounded(NEAR, metric)
    assert stack.nested.tolist() == TARGET.tolist()
    assert stack.regressor.predict([[2.4], [3.6]]).tolist() == [2.0, 4.0]
    assert stack.rounding is not None
    assert stack.rounding.rounded
    assert stack.rounding.whole == 0 < stack.rounding.plain
    assert stack.form == "b.r"


def test_of_r2_more_is_better() -> None:
    stack = rounded(NEAR, "r2")
    assert stack.rounding is not None
    assert stack.rounding.rounded
    assert stack.rounding.whole == 1 > stack.rounding.plain


def test_predictions_stay_as_they_are_where_the_score_does_not_gain() -> None:
    stack = rounded(FAR)
    assert stack.nested.tolist() == FAR.tolist()
    assert stack.regressor.predict([[2.4]]).tolist() == [2.4]
    assert stack.rounding is not None
    assert not stack.rounding.rounded
    assert stack.rounding.plain == pytest.approx(np.sqrt(np.mean((FAR - TARGET) ** 2)))
    assert stack.rounding.plain < stack.rounding.whole


def test_the_metric_decides() -> None:
    """Errors of 0.4 or of 2 and a bit: rounding helps the many, and costs the few more."""
    off = np.where(np.arange(N) % 5 == 0, 2.6, 0.4)
    absolute, squared = rounded(TARGET + off, "mae"), rounded(TARGET + off, "rmse")
    assert absolute.rounding is not None
    assert absolute.rounding.rounded
    assert squared.rounding is not None
    assert not squared.rounding.rounded


def test_photos_without_weight_do_not_decide() -> None:
    half = np.arange(N) % 2 == 0
    mixed = np.where(half, NEAR, FAR)
    assert rounded(mixed, weight=half.astype(float)).rounding != rounded(mixed).rounding
    kept = rounded(mixed, weight=half.astype(float)).rounding
    assert kept is not None
    assert kept.rounded
    assert kept.whole == 0


def test_it_comes_back_from_its_file_and_keeps_the_weights(tmp_path: Path) -> None:
    X, y = np.array([[0.0, 1.0], [2.0, 1.0], [3.0, 0.0]]), np.array([0.0, 2.0, 4.0])
    inner = LinearRegression().fit(X, y)
    fitted = Rounded.of(inner)
    heads.save(fitted, tmp_path)
    new = [[1.2, 0.4], [2.6, 0.7]]
    loaded = heads.load(tmp_path).predict(new)
    np.testing.assert_array_equal(loaded, np.rint(inner.predict(new)))
    assert forms.coefficients(fitted, 2) == forms.coefficients(inner, 2)

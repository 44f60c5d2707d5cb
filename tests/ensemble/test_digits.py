from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ensemble.digits import (
    align_points,
    format_given,
    format_interval,
    format_measured,
    format_number,
    format_score,
)

MEASURED = [
    (0.83579, 0.02934, "0.836 ± 0.029"),
    (397_084.8, 11_950.0, "397,000 ± 12,000"),
    (0.5, 0.0996, "0.50 ± 0.10"),  # whose second digit comes of rounding
    (9.996, 0.1, "10.00 ± 0.10"),
    (-0.04, 1.2, "0.0 ± 1.2"),
    (0.0, 0.0, "0"),
    (2.5, math.nan, "2.5"),
    (2.5, math.inf, "2.5"),
    (3.2e-9, 1.4e-10, "3.20e-9 ± 1.4e-10"),
    (1e18, 3e15, "1.0000e18 ± 3.0e15"),
    (4.07e15, 1.7e14, "4.07e15 ± 1.7e14"),
    (3.97e9, 1.2e8, "3,970,000,000 ± 120,000,000"),
    (math.inf, 1.0, "∞ ± 1.0"),
    (math.nan, 1.0, "NaN ± 1.0"),
    (np.float64(3.21), np.float32(0.1), "3.21 ± 0.10"),
]


@pytest.mark.parametrize(("value", "error", "text"), MEASURED)
def test_the_second_digit_of_the_error_ends_both(value: float, error: float, text: str) -> None:
    assert format_measured(value, error) == text


@given(
    st.floats(-1e12, 1e12, allow_nan=False),
    st.floats(1e-4, 1e12, allow_nan=False),
)
def test_what_is_shown_lies_within_half_a_step_of_the_value(value: float, error: float) -> None:
    shown = float(format_score(value, error).replace(",", ""))
    assert abs(shown - value) <= 0.05 * error * (1 + 1e-9) + 1e-14 * abs(value)


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats())
def test_every_number_has_a_text(value: float, error: float) -> None:
    for text in (format_measured(value, error), format_number(value), format_given(value)):
        assert 0 < len(text) < 60
    assert "to" in format_interval(value, error)


@given(st.floats(-1e14, 1e14, allow_nan=False))
@example(1.1740242439843897e-05)
def test_a_number_that_was_given_keeps_fifteen_digits(value: float) -> None:
    assert float(format_given(value).replace(",", "")) == pytest.approx(value, rel=1e-14, abs=0)


def test_points_lie_below_each_other() -> None:
    lines = align_points(["3.68", "0.263", "12", "1,054,000", "∞"])
    width = max(map(len, lines))
    ends = {line.rjust(width).find(".") for line in lines if "." in line}
    assert len(ends) == 1
    assert {len(line.rstrip().partition(".")[0]) + 4 for line in lines} == {*map(len, lines)}

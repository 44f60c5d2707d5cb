from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbones.errors import InputError
from ensemble.photos.times import Times, read_times
from tests.examples import few


def read(texts: list[str], form: str | None = None, decimal: str = ".") -> Times:
    lines = pd.Index(range(2, 2 + len(texts)), name="line")
    rows = pd.DataFrame({"when": pd.Series(texts, index=lines, dtype=object)})
    return read_times(rows, "when", Path("train.csv"), form, decimal)


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["2025-03-31", " 2025-04-01 "], ["2025-03-31", "2025-04-01"]),
        (["2025-03-31T16:05", "2025-04-01 01:02"], ["2025-03-31T16:05", "2025-04-01T01:02"]),
        (["2025-03-31 16:05:01", "2025-04-01"], ["2025-03-31T16:05:01", "2025-04-01T00:00:00"]),
        (["2025-03", "2025-11"], ["2025-03-01", "2025-11-01"]),
        (["2025-W10-1", "20250304"], ["2025-03-03", "2025-03-04"]),
        (
            ["2025-01-01T01:00+02:00", "2025-01-01T00:00Z"],
            ["2024-12-31T23:00Z", "2025-01-01T00:00Z"],
        ),
        (["1999", "2024.5", "-3"], ["1999", "2024.5", "-3"]),
        (["20250331", "20250401"], ["20250331", "20250401"]),
        (["1066-10-14", "9999-12-31"], ["1066-10-14", "9999-12-31"]),
    ],
)
def test_dates_of_iso_8601_and_numbers(texts: list[str], shown: list[str]) -> None:
    assert read(texts).texts() == shown


def test_numbers_have_the_decimal_sign_of_the_table() -> None:
    assert read(["1,5", "2"], decimal=",").moment.tolist() == [1.5, 2.0]


def test_other_forms_are_read_as_it_is_said() -> None:
    both = ["03/04/2025", "12/04/2025"]
    assert read(both, "%d/%m/%Y").texts() == ["2025-04-03", "2025-04-12"]
    assert read(both, "%m/%d/%Y").texts() == ["2025-03-04", "2025-12-04"]
    assert read(["2025:03:31 16:05:00"], "%Y:%m:%d %H:%M:%S").texts() == ["2025-03-31T16:05"]


@pytest.mark.parametrize(
    ("texts", "form", "message", "lines"),
    [
        (["2025-01-01", "", " "], None, "when is empty; write the time of each photo", [3, 4]),
        (["2025-01-01", "31.02.2025"], None, 'folds.format: "%d.%m.%Y" or "%m.%d.%Y" (day', [3]),
        (["03/04/2025"], None, "as '03/04/2025' set folds.format: \"%d/%m/%Y\" or", [2]),
        (["2025:01:01 10:00:00"], None, 'set folds.format: "%Y:%m:%d %H:%M:%S":', [2]),
        (["2025-02-30", "2025-01-01"], None, "when must be a date, as 2025-03-31", [2]),
        (["yesterday", "٢٠٢٥-03-01"], None, "dates of another form set folds.format", [2, 3]),
        (["nan", "inf"], None, "when must be a date", [2, 3]),
        (["1", "2 kg", "3"], None, "must be a number in every line, as in most; numbers", [3]),
        (["31122024", "01012025"], None, 'dates in digits; set folds.format: "%d%m%Y"', [2, 3]),
        (["31.12.2024", "13.13.24"], "%d.%m.%Y", "'%d.%m.%Y', as '31.03.2025'", [3]),
        (["2025-01-01", "2025-01-01T00:00Z"], None, "or in none; those without:", [2]),
        (["0001-01-01T00:00+02:00"], None, "when must be a date", [2]),
    ],
)
def test_what_is_no_time_is_named_with_its_line(
    texts: list[str], form: str | None, message: str, lines: list[int]
) -> None:
    with pytest.raises(InputError) as told:
        read(texts, form)
    assert str(told.value).startswith("train.csv: when ")
    assert message in str(told.value)
    assert [int(one.split(":")[0].removeprefix("line ")) for one in told.value.mistakes] == lines


def test_eight_digits_that_can_be_no_dates_are_numbers() -> None:
    assert read(["12345678", "99999999"]).texts() == ["12345678", "99999999"]


def test_taking_some_keeps_what_is_known_of_the_zone() -> None:
    times = read(["2025-01-02T00:00Z", "2025-01-01T00:00Z"]).take(np.array([1]))
    assert times.texts() == ["2025-01-01T00:00Z"]


@few
@given(st.lists(st.datetimes(), min_size=1, max_size=9))
def test_any_moments_come_back_in_their_order(moments: list) -> None:  # type: ignore[type-arg]
    times = read([moment.isoformat() for moment in moments])
    assert times.moment.tolist() == moments
    again = read(times.texts())
    np.testing.assert_array_equal(again.moment, times.moment)


@few
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_is_a_time_or_named(texts: list[str]) -> None:
    try:
        found = read(texts)
    except InputError:
        return
    assert len(found.texts()) == len(texts)

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ensemble.config.folds import FoldsSpec

TIME = {"method": "time", "column": "date"}


@pytest.mark.parametrize(
    "form",
    [
        "%d.%m.%Y",
        "%m/%d/%y",
        "%Y",
        "%Y-%m",
        "%Y %j",
        "%d.%m.%Y %I:%M %p",
        "%Y:%m:%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y%m%d%H%M%S%f",
    ],
)
def test_forms_of_dates_that_tell_a_time(form: str) -> None:
    assert FoldsSpec(**TIME, format=form).format == form


@pytest.mark.parametrize(
    "form",
    ["", "%d.%m.", "%H:%M", "%d/%Y", "%d.%m.%Y %I:%M", "%Q", "%", "\0", "Y-m-d", "%Y\ud800"],
)
def test_forms_that_tell_none_are_refused(form: str) -> None:
    with pytest.raises(ValidationError, match="must say how a date is written"):
        FoldsSpec(**TIME, format=form)


@pytest.mark.parametrize(
    ("keys", "messages"),
    [
        ({"method": "time"}, ["method: time needs the name of a column", "as column: date"]),
        ({"method": "column"}, ["method: column needs the name of a column", "as column: fold"]),
        ({"column": "date"}, ["'date' is read with method: column and method: time only"]),
        ({"format": "%Y"}, ["format: dates are read with method: time only"]),
        (
            {**TIME, "repeats": 2, "neighbours": 1, "near_copies": "together"},
            ["repeats: blocks of time", "neighbours: a stack learns", "near_copies: together"],
        ),
    ],
)
def test_keys_that_do_not_go_together_are_named(keys: Any, messages: list[str]) -> None:
    with pytest.raises(ValidationError) as told:
        FoldsSpec(**keys)
    assert [one for one in messages if one not in str(told.value)] == []


def test_blocks_of_time_need_a_photo_more_than_folds() -> None:
    assert FoldsSpec(**TIME, n=4).least == 5
    assert FoldsSpec(n=4).least == 4
    assert FoldsSpec(method="column", column="fold").least == 2

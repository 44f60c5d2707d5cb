from __future__ import annotations

import io
import re

import pytest
from rich.console import Console as Terminal

from ensemble.terminal.pace import Pace
from ensemble.terminal.stages import EVERY, FIRST, Bars, Lines


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_log_has_a_line_after_ten_seconds_one_now_and_then_and_one_at_the_end(
    clock: Clock,
) -> None:
    said: list[str] = []
    with Lines(said.append, clock).stage("m.svr", Pace(100, "fit", clock)) as advance:
        for _ in range(99):
            clock.now += 1
            advance(1)
        assert [line.partition(",")[0] for line in said] == [
            "m.svr: 10 of 100",
            "m.svr: 40 of 100",
            "m.svr: 70 of 100",
        ]
        assert said[0] == "m.svr: 10 of 100, 1 fit/s, 1:30 min left"
        clock.now += 1
        advance(1)
    assert said[3:] == ["m.svr: 100 fits in 1:40 min, 1 fit/s"]
    assert (FIRST, EVERY) == (10, 30)


def test_of_a_stage_that_ends_in_an_error_nothing_more_is_said(clock: Clock) -> None:
    said: list[str] = []

    def fail() -> None:
        with Lines(said.append, clock).stage("m.svr", Pace(2, "fit", clock)) as advance:
            advance(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert said == []


def test_what_comes_before_the_first_items_does_not_slow_the_others_for_ever(clock: Clock) -> None:
    pace = Pace(1000, "photo", clock)
    assert pace.describe() == "0 of 1000"
    clock.now = 20  # a network is built
    pace.advance(10)
    assert pace.rate == 0.5
    clock.now = 41
    pace.advance(210)
    assert pace.rate == 10
    assert pace.describe() == "220 of 1000, 10 photos/s, 1:18 min left"


def test_side_by_side_bars_fit_into_eighty_columns_and_say_what_they_came_to() -> None:
    file = io.StringIO()
    bars = Bars(Terminal(file=file, force_terminal=True, width=80, legacy_windows=False))
    names = ["a_backbone_with_a_very_long_name_at_416x608", "b"]
    with bars.stage(names[0], Pace(4586, "photo")) as one, bars.stage(names[1], Pace(9, "fit")):
        one(4586)
    shown = file.getvalue()
    plain = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", shown)
    lines = [line for line in re.split(r"[\r\n]+", plain) if line.strip()]
    assert max(map(len, lines)) <= 80
    assert lines[-2].split() == [
        "a_backbone_…e_at_416x608",
        "━" * 10,
        *["4,586", "photos", "in", "0.0", "s"],
    ]
    assert lines[-1].split() == ["b", "━" * 10, *["0", "fits", "in", "0.0", "s"]]
    with bars.stage("later", Pace(1, "fit")) as advance:
        advance(1)
    assert "1 fit in " in file.getvalue()

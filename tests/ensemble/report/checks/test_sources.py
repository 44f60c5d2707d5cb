"""Tests of ensemble.report.checks.sources."""

from __future__ import annotations

from dataclasses import replace

from ensemble.report.checks.sources import IdleSource
from ensemble.scoring.leaderboard import Leaderboard
from tests.ensemble.report.made_up import MEMBERS, evidence


def test_a_source_that_adds_nothing_is_told_of() -> None:
    seen = evidence(gains={"columns alone": (0.01, 0.02), "photos alone": (0.5, 0.02)})
    board = seen.leaderboard
    scores = board.scores | dict.fromkeys(
        ("columns alone", "photos alone"), board.scores[MEMBERS[0]]
    )
    found = IdleSource()(replace(seen, leaderboard=Leaderboard(scores, board.kinds)))
    assert found is not None
    assert "columns alone give" in found.seen
    assert "what photos add is within what comes by chance" in found.seen
    assert "photos alone" not in found.seen


def test_nothing_is_said_where_both_add_or_there_is_one_source() -> None:
    assert IdleSource()(evidence(gains={"columns alone": (0.5, 0.02)})) is None
    assert IdleSource()(evidence()) is None
    assert IdleSource()(evidence(gains={})) is None

from __future__ import annotations

import logging

import pytest
from rich.cells import cell_len

from ensemble.report.scores_table import scores_table
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.scores import Scores
from ensemble.terminal.console import Console, fail


def test_what_the_library_logs_is_printed_within_the_context_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = logging.getLogger("ensemble")
    with Console():
        log.info("%d photos [bold]", 3)
        log.warning("look")
    log.warning("unheard")
    assert capsys.readouterr().out == "3 photos [bold]\nWARNING look\n"
    assert log.level == logging.NOTSET


def test_a_table_is_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(["", "RMSE"], [["a", "1.00"], ["[b]", "12.00"]], ["strong", ""])
    assert capsys.readouterr().out.splitlines() == ["      RMSE", "a     1.00", "[b]  12.00"]


def test_a_stage_ends_where_its_total_says(capsys: pytest.CaptureFixture[str]) -> None:
    with Console().stage("extracting", 3, "photo") as advance:
        advance(1)
        advance(2)
    said = capsys.readouterr().out
    assert said.startswith("extracting: 3 photos in 0")
    assert "\x1b" not in said


NAMES = ["stack", "a_backbone_with_a_very_long_name_at_416x608_seven_layers+another.density", "b.c"]


@pytest.mark.parametrize("names", [NAMES, ["写真" * 30, *NAMES]])
def test_a_leaderboard_of_long_names_fits_into_eighty_columns(
    names: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    scores = {name: Scores(1_397_084.8, 11_950.0, 1_301_222.2, 1.4e6, 9) for name in names}
    table = scores_table(Leaderboard(scores, dict.fromkeys(names, "member")), 40)
    Console().table(table.header, table.aligned, table.emphasis)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert lines[0].endswith("RMSE, all photos")
    whole = "".join(line.split()[0] for line in lines[1:] if line.strip())
    assert whole == "".join(names)
    assert sum("1,397,000  12,000  1,301,000" in line for line in lines) == len(names)


def test_points_lie_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(["", "RMSE"], [["a", "1.5  "], ["b", "0.836"], ["c", "12   "]])
    assert capsys.readouterr().out.splitlines() == ["    RMSE", "a  1.5  ", "b  0.836", "c  12   "]


@pytest.mark.parametrize("name", ["a:100:b.jpg", ":smile:", "[red]x[/]", "a\\", r"\[b]"])
def test_names_are_printed_as_they_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.line(name)
    console.warning(name)
    fail(name)
    console.table([name], [[name]])
    with console.stage(name, 1):
        pass
    said = capsys.readouterr()
    assert said.err == f"error: {name}\n"
    lines = [line.rstrip() for line in said.out.splitlines()]
    assert lines[:4] == [name, f"WARNING {name}", name, name]
    assert name in lines[4]

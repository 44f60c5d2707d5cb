from __future__ import annotations

import logging

import pytest

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
    with Console().stage("extracting", 3) as advance:
        advance(1)
        advance(2)
    assert "3/3" in capsys.readouterr().out


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

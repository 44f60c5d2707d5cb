"""What a command prints with each of its flags."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from ensemble.__main__ import VERBS, module_of
from ensemble.config.settings import ConfigError
from ensemble.terminal.command import run_command
from ensemble.terminal.console import Console
from ensemble.terminal.flags import add_flags

ROOT = Path(__file__).parents[3]


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="a command")
    add_flags(made)
    return made


def busy(_: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    """Prints in every way there is."""
    console.line("a line")
    logging.getLogger("ensemble").info("a step")
    logging.getLogger("ensemble").warning("look at b")
    print("a library prints")  # noqa: T201
    with console.stage("fitting", 2, "fit") as advance:
        advance(2)
    console.table(["", "RMSE"], [["stack", "0.1"]])
    return {"scores": {"stack": float("nan")}, "paths": {"run": Path("/tmp")}}


def failing(error: Exception) -> Callable[..., Mapping[str, Any]]:
    def work(_: argparse.Namespace, console: Console) -> Mapping[str, Any]:
        console.warning("look at c")
        raise InputError("b.csv: line 3: a count must be a number, not 'x'") from error

    return work


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_command_has_the_flags(verb: str) -> None:
    shown = module_of(verb).parser().format_help()
    assert all(f"--{flag} " in shown for flag in ("quiet", "json", "debug"))


def test_without_a_flag_everything_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(parser(), busy, []) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[:4] == ["a line", "a step", "WARNING look at b", "a library prints"]
    assert lines[4].startswith("fitting: 2 fits in ")
    assert lines[-1] == "stack   0.1"
    assert said.err == ""


def test_quiet_leaves_warnings_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(parser(), busy, ["--quiet"]) == 0
    assert capsys.readouterr() == ("WARNING look at b\n", "")
    assert run_command(parser(), failing(ValueError()), ["--quiet"]) == 1
    said = capsys.readouterr()
    assert said.out == "WARNING look at c\n"
    assert said.err == "error: b.csv: line 3: a count must be a number, not 'x'\n"


@pytest.mark.parametrize("also", [[], ["--quiet"]])
def test_json_is_one_object_and_nothing_else(
    also: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(parser(), busy, ["--json", *also]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "exit_code": 0,
        "error": None,
        "scores": {"stack": None},
        "paths": {"run": "/tmp"},
        "warnings": ["look at b"],
    }
    assert "WARNING look at b\n" in said.err
    assert ("a library prints" in said.err) is ("a line" in said.err) is (not also)


ERRORS = [
    (InputError("a photo:", ["a.jpg", "b.jpg"]), 1, "a photo:\n  - a.jpg\n  - b.jpg"),
    (ConfigError("folds.n: 1"), 2, "folds.n: 1"),
    (MemoryError(), 1, "memory: cannot allocate memory; close other programs, or take networks"),
    (KeyboardInterrupt(), 130, "stopped; what was computed is kept"),
]


@pytest.mark.parametrize(("error", "code", "message"), ERRORS)
def test_json_tells_of_an_error_and_its_code(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(*_: object) -> None:
        raise error

    assert run_command(parser(), work, ["--json"]) == code
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["exit_code"], told["warnings"]) == (code, [])
    assert told["error"].startswith(message)
    assert said.err.startswith(f"error: {message}")


def test_json_tells_of_our_own_faults_which_keep_their_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    with pytest.raises(ZeroDivisionError):
        run_command(parser(), work, ["--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["exit_code"], told["error"]) == (1, "ZeroDivisionError: by nothing")


def test_json_tells_of_wrong_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        run_command(parser(), busy, ["--json", "--nowhere"])
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] == "unrecognized arguments: --nowhere"
    assert said.err.startswith("usage: a command ")
    with pytest.raises(SystemExit, match=r"^0$"):
        run_command(parser(), busy, ["--json", "--help"])
    assert capsys.readouterr().out.startswith("usage: a command ")


@pytest.mark.parametrize("flags", [[], ["--debug"]])
def test_debug_alone_shows_where_an_error_came_from(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(parser(), failing(ValueError("the cause")), flags) == 1
    err = capsys.readouterr().err
    assert err.endswith("error: b.csv: line 3: a count must be a number, not 'x'\n")
    assert ("Traceback (most recent call last):" in err) is bool(flags)
    assert ("ValueError: the cause" in err) is bool(flags)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_json_tells_of_a_signal_that_ends_the_process() -> None:
    code = (
        "import argparse, os, signal, sys, time\n"
        "from ensemble.terminal.command import run_command\n"
        "from ensemble.terminal.flags import add_flags\n"
        "def work(asked, console):\n"
        "    console.warning('look'); os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)\n"
        "made = argparse.ArgumentParser(); add_flags(made)\n"
        "sys.exit(run_command(made, work, None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL),
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["warnings"]) == (130, 130, ["look"])
    assert told["error"].startswith("stopped; what was computed is kept")
    assert "error: stopped; what was computed is kept" in done.stderr

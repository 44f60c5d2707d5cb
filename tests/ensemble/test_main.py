"""One command for all, from the shell and in this process."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ensemble.__main__ import VERBS, main

ROOT = Path(__file__).parents[2]


def imported(*arguments: str) -> set[str]:
    """The modules that the command imports to show its help.

    It runs without what is installed in this environment (-S), so with Python's own modules alone.
    """
    code = (
        "import sys; from ensemble.__main__ import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-S", "-c", code, *arguments, "--help"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_its_help_names_every_verb_with_its_purpose(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments:
        with pytest.raises(SystemExit, match=r"^0$"):
            main(arguments)
    else:
        assert main(arguments) == 0
    shown = capsys.readouterr().out
    commands = shown.partition("commands:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\w+) {2,}(.*)$", commands, re.M) == list(VERBS.items())
    assert len(shown.splitlines()) < 30


@pytest.mark.parametrize("verb", list(VERBS))
def test_a_verb_shows_the_help_of_its_module(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main([verb, "--help"])
    module = importlib.import_module(f"ensemble.{verb}")
    assert capsys.readouterr().out == module.parser().format_help()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["fit", "nowhere.yaml"], 2, "there is no config nowhere.yaml; known: configs/"),
        (["submit", "nowhere"], 1, "nowhere holds no complete run"),
    ],
)
def test_a_verb_takes_its_arguments_and_gives_its_code(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fti"], "there is no command 'fti'; did you mean fit?"),
        (["sumbit", "--help"], "there is no command 'sumbit'; did you mean submit?"),
        (["zzz"], "there is no command 'zzz'; known: cache, fit, init, pack, submit"),
        (["--seed"], "unrecognized arguments: --seed"),
        (["submit", "--nowhere"], "python -m ensemble.submit: error: unrecognized arguments"),
    ],
)
def test_a_word_that_it_does_not_know_ends_with_2_and_the_nearest(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("verb", list(VERBS))
def test_of_the_commands_only_the_one_asked_for_is_imported(verb: str) -> None:
    commands = {f"ensemble.{name}" for name in VERBS}
    assert imported(verb) & commands == {f"ensemble.{verb}"}
    assert not imported() & commands


@pytest.mark.parametrize("verb", [[], *([verb] for verb in VERBS)])
def test_help_needs_nothing_but_python_and_looks_up_no_version(verb: list[str]) -> None:
    modules = imported(*verb)
    assert "argparse" in modules
    assert "importlib.metadata" not in modules

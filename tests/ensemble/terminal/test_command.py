from __future__ import annotations

import argparse
import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.config.settings import ConfigError
from ensemble.terminal.command import checked_output, run_command

ROOT = Path(__file__).parents[3]
LEFT = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a/b.csv")

ENDS = [
    (None, 0, ""),
    (InputError("a photo"), 1, "error: a photo"),
    (ConfigError("a key"), 2, "error: a key"),
    (KeyboardInterrupt(), 130, "error: stopped; what was computed is kept, and the same command"),
    (LEFT, 1, "error: a/b.csv: no space left on device; make room there, or name another place"),
    (MemoryError(), 1, "error: memory: cannot allocate memory; close other programs, or take"),
]


@pytest.mark.parametrize(("error", "code", "message"), ENDS)
def test_each_end_has_a_code_and_a_line(
    error: BaseException | None, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(*_: object) -> None:
        if error is not None:
            raise error

    assert run_command(argparse.ArgumentParser(), work, []) == code
    said = capsys.readouterr().err
    assert said.startswith(message)
    assert len(said.splitlines()) == (code != 0)


def test_our_own_faults_keep_their_traceback() -> None:
    def work(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_command(argparse.ArgumentParser(), work, [])


def test_an_output_that_nobody_reads_ends_it_in_silence(tmp_path: Path) -> None:
    code = (
        "import argparse, sys; from ensemble.terminal.command import run_command\n"
        "def work(asked, console):\n    for number in range(20000): console.line('a line')\n"
        "sys.exit(run_command(argparse.ArgumentParser(), work, None))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "err").open("w") as errors:
        command = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=errors, env=environment
        )
        assert command.stdout is not None
        assert command.stdout.readline() == b"a line\n"
        command.stdout.close()
        assert command.wait(60) == 1
    assert (tmp_path / "err").read_text() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_on_a_full_disk_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with open("/dev/full", "wb", buffering=0) as raw:
        output = io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=False)
        monkeypatch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit, match=r"^1$"), checked_output():
            output.write("a line")
        monkeypatch.undo()
        output.close()  # what could not be printed goes nowhere
    assert capfd.readouterr().err == "error: what is printed: No space left on device\n"

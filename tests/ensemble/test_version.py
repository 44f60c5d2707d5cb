"""``--version``; what the wheel says of itself is in tests/test_wheel.py."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("module", ["__main__", "fit", "submit", "pack", "cache"])
def test_every_command_prints_the_version_of_the_distribution(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", {"backbone-ensemble": "1.2.3"}.__getitem__)
    with pytest.raises(SystemExit, match=r"^0$"):
        importlib.import_module(f"ensemble.{module}").main(["--version"])
    assert capsys.readouterr().out == "backbone-ensemble 1.2.3\n"


def test_source_that_is_not_installed_says_how_to_install_it() -> None:
    # -S leaves out what is installed in this environment.
    done = subprocess.run(
        [sys.executable, "-S", "-m", "ensemble.fit", "--version"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "backbone-ensemble is not installed, so it has no version; "
        f"to have one: python -m pip install {ROOT}\n"
    )

"""What the commands import, and what they leave alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import ensemble
from ensemble.fit import main as fit_main


@pytest.mark.parametrize("module", ["ensemble.init", "ensemble.fit", "ensemble.submit"])
def test_help_is_short_and_imports_nothing_heavy(module: str) -> None:
    text = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", module, "--help"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert len(text.stdout.splitlines()) < 30
    assert re.search(r"examples?:\n +python -m " + module, text.stdout)
    for heavy in ("tensorflow", "keras", "sklearn", "pandas", "numpy", "pydantic"):
        assert f" {heavy}\n" not in text.stderr


def imported_modules(module: str, *arguments: str) -> set[str]:
    """The modules that a command imports when it runs in a process of its own."""
    command = [sys.executable, "-X", "importtime", "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(ensemble.__file__).parents[1])}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


@pytest.mark.slow
def test_what_was_computed_before_needs_no_tensorflow(project: Path) -> None:
    pytest.importorskip("openvino")
    head = "{head: mlp, parameters: {layers: [8], optimizer: adam, epochs: 3}}"
    settings = [f"backbones.other.heads=[{head}]", "engine=openvino"]
    options = [word for setting in settings for word in ("--set", setting)]
    assert fit_main(["small.yaml", *options]) == 0
    again = imported_modules("ensemble.fit", "small.yaml", *options)
    assert not again & {"tensorflow", "keras", "matplotlib", "skops"}
    other = imported_modules("ensemble.fit", "small.yaml", *options, "--set", "stack=ridge")
    assert {"matplotlib", "skops"} <= other
    assert not other & {"tensorflow", "keras"}
    submitted = imported_modules("ensemble.submit", "runs/small")
    assert "openvino" in submitted
    assert not submitted & {"tensorflow", "keras"}
    predictions = pd.read_csv(project / "runs" / "small" / "predictions.csv")
    assert predictions["other.mlp"].between(-5, 20).all()

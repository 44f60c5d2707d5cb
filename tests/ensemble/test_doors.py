"""What `import ensemble` offers, and what it costs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from types import FunctionType

import pytest

import ensemble


def test_the_public_names_are_there_and_no_others() -> None:
    classes = ["BackboneEnsemble", "BackboneFeatures", "Run"]
    functions = ["compare", "fit", "init", "list_backbones", "locate", "open_run"]
    assert ensemble.__all__ == [*classes, *functions]
    assert set(ensemble.__all__) <= set(dir(ensemble))
    assert all(getattr(ensemble, name).__name__ == name for name in ensemble.__all__)
    with pytest.raises(AttributeError, match="module 'ensemble' has no attribute 'fitt'"):
        _ = ensemble.fitt


def test_fit_is_the_function_whoever_has_imported_the_command() -> None:
    module = importlib.import_module("ensemble.fit")
    from ensemble import fit
    from ensemble.fit import main

    assert isinstance(fit, FunctionType)
    assert main is module.main
    assert ensemble.run.Run is ensemble.Run  # other modules stay attributes


def test_it_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "import ensemble"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    heavy = {"tensorflow", "keras", "sklearn", "pandas", "numpy", "pydantic", "rich"}
    assert not imported & heavy

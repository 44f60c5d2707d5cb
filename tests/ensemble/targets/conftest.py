"""A run of two targets that these tests open."""

from __future__ import annotations

from pathlib import Path

import pytest

from ensemble.run import TargetsRun
from ensemble.training import fit
from tests.ensemble.redness import config, draw_project


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a cache and a run of both targets, ``run``."""
    folder = tmp_path_factory.mktemp("two")
    draw_project(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENSEMBLE_CACHE", str(folder / "cache"))
        fit(config(folder), run_dir=folder / "run")
    return folder


@pytest.fixture
def two(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with its cache set; what tests write goes elsewhere."""
    monkeypatch.setenv("ENSEMBLE_CACHE", str(drawn / "cache"))
    return drawn


@pytest.fixture
def run(two: Path) -> TargetsRun:
    from ensemble import open_run

    opened = open_run(two / "run")
    assert isinstance(opened, TargetsRun)
    return opened

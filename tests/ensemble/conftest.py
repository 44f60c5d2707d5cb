"""Fixtures of the end-to-end tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backbones.engines.tensorflow import TensorFlowEngine
from ensemble.fit import main as fit_main
from ensemble.stacking import fits
from tests.ensemble.project import CONFIG
from tests.ensemble.proposal.drawn import save_scaling_network


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with ``small.yaml`` in it, as the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOLDER", str(tmp_path))
    (tmp_path / "small.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_weights: Path) -> Path:
    """An empty working directory; the only weights at hand are those of a tiny saved network."""
    save_scaling_network(no_weights)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "work"


@pytest.fixture(scope="session")
def filled_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache after a fit of ``small.yaml``."""
    folder = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("FOLDER", str(folder))
        (folder / "small.yaml").write_text(CONFIG)
        assert fit_main(["small.yaml"]) == 0
    return folder / "cache"


@pytest.fixture
def warm_project(project: Path, filled_cache: Path) -> Path:
    """As ``project``, with a cache that holds all that ``small.yaml`` needs."""
    shutil.copytree(filled_cache, project / "cache")
    return project


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many photos went through networks, and how many heads were fitted."""
    counts = {"photos": 0, "fits": 0}
    start, fit = TensorFlowEngine.start, fits._fit

    def count_photos(engine, photos, done):  # type: ignore[no-untyped-def]
        counts["photos"] += len(photos)
        start(engine, photos, done)

    def count_fits(*arguments):  # type: ignore[no-untyped-def]
        counts["fits"] += 1
        fit(*arguments)

    monkeypatch.setattr(TensorFlowEngine, "start", count_photos)
    monkeypatch.setattr(fits, "_fit", count_fits)
    return counts

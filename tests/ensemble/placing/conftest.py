"""A run that counts dots, and new photos of such."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ensemble.fit import main as fit_main
from tests.ensemble.placing.dots import CONFIG, draw_dots, make_project


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``dots.yaml``, ``data``, ``cache`` and the run, ``run``."""
    folder = tmp_path_factory.mktemp("dots")
    make_project(folder, draw_dots(folder / "data" / "images", 60, seed=0))
    (folder / "dots.yaml").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOLDER", str(folder))
        assert fit_main([str(folder / "dots.yaml"), "--run-dir", str(folder / "run")]) == 0
    return folder


@pytest.fixture(scope="session")
def truth(fitted: Path) -> pd.DataFrame:
    """The centres of the dots in the new photos, which are in ``new``."""
    return draw_dots(fitted / "new", 8, seed=1)[1]

"""Runs that older versions have written, and newer ones will."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.run import open_run
from ensemble.runs import opening
from ensemble.runs.folder import RunWriter, open_run_folder
from ensemble.runs.format import FORMAT, read_format
from ensemble.runs.manifest import MANIFEST
from tests.ensemble.runs.small import change

#: A run of version 0.1.0 as it lay on the disk, but for ``leaderboard.png``, which was left out
#: with its line in the manifest (it takes 51 kB), and for two places in ``config.yaml``.
FORMAT_1 = Path(__file__).parents[2] / "data" / "run_format_1"


@pytest.fixture
def format_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(FORMAT_1 / "run", tmp_path / "run"))


def settings() -> list[str]:
    return [f"backbones.small.model={FORMAT_1 / 'small.keras'}"]


@pytest.mark.parametrize("numpy_then", [None, "1.0"])
def test_a_run_of_format_1_predicts_what_the_version_of_then_predicted(
    format_1: Path, numpy_then: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    then = json.loads((format_1 / "versions.json").read_text())
    if version("keras") != then["keras"]:
        pytest.skip(f"the run was fitted with Keras {then['keras']}")
    if numpy_then is not None:
        change(format_1, "versions.json", json.dumps({**then, "numpy": numpy_then}).encode())
    found = open_run(format_1, settings()).predict(FORMAT_1 / "new")
    warned = f"numpy {numpy_then}, here {version('numpy')}); a run of its format has no probe"
    assert (warned in caplog.text) == (numpy_then is not None)
    expected = pd.read_csv(FORMAT_1 / "predictions.csv")
    assert list(found) == list(expected)
    assert found["photo"].tolist() == ["22.png", "23.png"]
    numbers = expected.columns[1:]
    # Another processor adds in another order.
    np.testing.assert_allclose(found[numbers], expected[numbers], rtol=1e-5)


def test_a_run_of_format_1_is_refused_where_keras_is_another(
    format_1: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "installed_version", lambda _: "9.9")
    with pytest.raises(
        InputError, match=r"fitted with Keras 3\.15\.1, and Keras 9\.9 is installed"
    ):
        open_run(format_1, settings())


@pytest.mark.parametrize("found", [FORMAT + 1, "2", 0, None])
def test_a_run_of_a_newer_version_is_neither_opened_nor_written_over(
    tmp_path: Path, found: Any
) -> None:
    run = RunWriter(tmp_path, "key")
    run.text("a", "1")
    run.close()
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert manifest["format"] == FORMAT
    (tmp_path / MANIFEST).write_text(json.dumps({**manifest, "format": found}))
    for touch in (open_run_folder, lambda folder: RunWriter(folder, "key")):
        with pytest.raises(InputError, match=f"is of format {found!r}, .*--upgrade"):
            touch(tmp_path)


def test_a_manifest_without_a_number_is_of_format_1() -> None:
    assert read_format({"files": {}}, Path(MANIFEST)) == 1

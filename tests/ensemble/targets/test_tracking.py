"""A fit of several targets tells the store of one run a target."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ensemble import fit
from tests.ensemble.redness import config

pytest.importorskip("mlflow", reason="the extra mlflow is not installed")

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{kind}")
    for kind in ("DeprecationWarning", "FutureWarning", "PendingDeprecationWarning")
]


def test_each_target_is_told_once(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from mlflow import MlflowClient

    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path}/runs.db"
    tracked = config(two) | {"tracking": {"store": "mlflow", "uri": uri, "experiment": "fish"}}
    with caplog.at_level(logging.INFO, "ensemble"):
        fit(tracked, run_dir="run")
        fit(tracked, run_dir="run")
    client = MlflowClient(uri)
    found = client.search_runs([client.get_experiment_by_name("fish").experiment_id])
    assert sorted(one.info.run_name for one in found) == ["run/light", "run/red"]
    assert "MLflow has run/red in fish" in caplog.text

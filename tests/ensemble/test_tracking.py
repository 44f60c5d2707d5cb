"""Runs in MLflow: the package itself, with its store in a file, and served."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble import tracking
from ensemble.config.config import Config
from ensemble.run import Run
from ensemble.tracking import check_tracking, track, usable_name
from ensemble.training import fit
from tests.ensemble.runs.small import config, fit_small, make_model, make_photos

pytest.importorskip("mlflow", reason="the extra mlflow is not installed")

#: What MLflow and its store in a database say to their own developers.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{kind}")
    for kind in ("DeprecationWarning", "FutureWarning", "PendingDeprecationWarning")
]

#: A head with training curves, beside one without.
HEADS = ["ridge", {"head": "mlp", "parameters": {"epochs": 2}}]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("größe")
    entry = config(folder)["backbones"][0] | {"name": "own", "heads": HEADS}
    return fit_small(folder, backbones=[entry])


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that ``track`` sets end with the test."""
    for name in tracking._SETTINGS:
        monkeypatch.setenv(name, os.environ.get(name, ""))
        monkeypatch.delenv(name)


def told_of(run: Run, uri: str, experiment: str = "faces ü", origin: str = "a" * 64) -> None:
    store = {"store": "mlflow", "uri": uri, "experiment": experiment}
    track(run.files, origin, run.config.model_copy(update={"tracking": _tracking(store)}))


def _tracking(content: Any) -> Any:
    return Config.model_validate(config(Path()) | {"tracking": content}).tracking


def client(uri: str) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(uri)


def runs_in(uri: str, experiment: str) -> list[Any]:
    number = client(uri).get_experiment_by_name(experiment).experiment_id
    return list(client(uri).search_runs([number]))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return f"sqlite:///{tmp_path}/runs.db"


@pytest.mark.slow
def test_config_scores_curves_and_files_are_told(run: Run, database: str) -> None:
    told_of(run, database)
    (kept,) = runs_in(database, "faces ü")
    assert kept.info.status == "FINISHED"
    assert kept.info.run_name == "run"
    scores = run.scores.scores
    assert kept.data.metrics["stack.rmse"] == scores["stack"].rmse
    assert kept.data.metrics["own.ridge.mae"] == scores["own.ridge"].mae
    assert kept.data.params["seed"] == "0"
    assert kept.data.params["backbones.own.preprocessing"] == "tf"
    assert kept.data.params["backbones.own.heads.mlp.parameters.epochs"] == "2"
    curve = pd.read_csv(run.folder / "curves" / "own.mlp.csv")
    final = curve[curve["left_out"].isna()]
    name = next(column for column in curve if column not in ("left_out", "epoch"))
    points = client(database).get_metric_history(kept.info.run_id, f"own.mlp/{name}/final")
    assert {point.step: point.value for point in points} == dict(
        zip(final["epoch"], final[name], strict=True)
    )
    listed = {one.path for one in client(database).list_artifacts(kept.info.run_id)}
    assert {"report.html", "report.json", "MODEL_CARD.md", "config.yaml", "oof.csv"} <= listed
    copy = client(database).download_artifacts(kept.info.run_id, "oof.csv")
    assert Path(copy).read_bytes() == (run.folder / "oof.csv").read_bytes()


@pytest.mark.slow
def test_a_run_is_told_once_and_others_stand_beside_it(run: Run, database: str) -> None:
    for _ in range(2):
        told_of(run, database)
    assert len(runs_in(database, "faces ü")) == 1
    told_of(run, database, origin="b" * 64)
    assert len(runs_in(database, "faces ü")) == 2


@pytest.mark.slow
def test_what_was_killed_on_the_way_goes_on(
    run: Run, database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from mlflow import MlflowClient

    with monkeypatch.context() as broken:
        broken.setattr(MlflowClient, "log_artifact", _fail)
        told_of(run, database)
    assert "run is complete, and the same command tries again" in caplog.text
    assert "secret" not in caplog.text
    assert [one.info.status for one in runs_in(database, "faces ü")] == ["RUNNING"]
    told_of(run, database)
    (kept,) = runs_in(database, "faces ü")
    assert kept.info.status == "FINISHED"
    points = client(database).get_metric_history(kept.info.run_id, "stack.rmse")
    assert len(points) == 1


def _fail(*_: object) -> None:
    raise OSError("no space left at https://me:secret@host/api")


@pytest.mark.slow
def test_a_server_that_does_not_answer_costs_no_run(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:  # bound, and listened to by nobody
        taken.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{taken.getsockname()[1]}"
        start = time.monotonic()
        told_of(run, uri)
        assert time.monotonic() - start < 60
    (line,) = [one for one in caplog.messages if one.startswith("tracking:")]
    assert line.startswith(f"tracking: {uri} could not be told of {run.folder}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    store = ["--backend-store-uri", f"sqlite:///{tmp_path}/served.db"]
    place = ["--artifacts-destination", str(tmp_path / "artifacts")]
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, *store, *place], stdout=log, stderr=log, env=quiet, start_new_session=True
        )
    try:
        _wait_for(f"{uri}/health")
        yield uri
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def _wait_for(url: str) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            urlopen(url).close()
            return
        except OSError:
            assert time.monotonic() < end, "the server did not come up"
            time.sleep(0.5)


@pytest.mark.slow
def test_a_server_is_told_as_a_file_is(run: Run, server: str) -> None:
    told_of(run, server)
    (kept,) = runs_in(server, "faces ü")
    assert kept.info.status == "FINISHED"
    assert kept.data.metrics["stack.rmse"] == run.scores.scores["stack"].rmse
    listed = {one.path for one in client(server).list_artifacts(kept.info.run_id)}
    assert "report.html" in listed


@pytest.mark.slow
def test_a_fit_tells_of_its_run_and_is_the_same_run_without(
    tmp_path: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_photos(tmp_path / "data")
    make_model(tmp_path / "data" / "small.keras")
    plain = config(tmp_path / "data")
    first = fit(plain, run_dir=tmp_path / "run")
    assert "tracking" not in (first.folder / "config.yaml").read_text()
    store = {"store": "mlflow", "uri": database}
    with caplog.at_level(logging.INFO, logger="ensemble"):
        again = fit(plain | {"tracking": store}, run_dir=tmp_path / "run")
    assert any("nothing has changed" in one for one in caplog.messages)
    assert "tracking: run is in MLflow, in ensemble" in caplog.messages
    assert again.files == first.files
    assert len(runs_in(database, "ensemble")) == 1


def test_the_package_is_missed_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    check_tracking(None)
    check_tracking(_tracking("mlflow"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'backbone-ensemble\[mlflow\]'"):
        check_tracking(_tracking("mlflow"))


def test_what_a_curve_does_not_have_is_left_out() -> None:
    table = pd.DataFrame({"left_out": ["", ""], "epoch": [1, 2], "loss": ["", "2.5"]})
    assert list(tracking._curves(table, "own.mlp")) == [("own.mlp/loss/final", 2.5, 2)]


def test_names_are_those_that_mlflow_takes() -> None:
    assert usable_name("a+b|c.mlp/loss: ä 3") == "a_b_c.mlp/loss: ä 3"

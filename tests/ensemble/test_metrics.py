"""Whole runs that are judged by another metric than RMSE, and stacks that predict whole numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from backbones.errors import InputError
from ensemble import BackboneEnsemble
from ensemble.compare import main as compare_main
from ensemble.fit import main as fit_main
from ensemble.submit import main as submit_main
from ensemble.tracking import _metrics
from ensemble.training import fit
from tests.ensemble.brightness import draw_photos, pooled_entry, save_network

LOGARITHMIC = ["--set", "score.metric=rmsle", "--set", "data.minimum=0"]


def test_a_run_is_judged_by_its_metric_and_nothing_is_computed_again(
    warm_project: Path, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit_main(["small.yaml", *LOGARITHMIC]) == 0
    assert computed["fits"] == 0
    run = warm_project / "runs" / "small"
    board = pd.read_csv(run / "leaderboard.csv")
    assert board["rmsle"].is_monotonic_increasing
    oof = pd.read_csv(run / "oof.csv")
    for name, value in zip(board["name"], board["rmsle"], strict=True):
        if name in oof:
            said = oof[name].clip(lower=0)
            assert value == pytest.approx(metrics.root_mean_squared_log_error(oof["target"], said))
    content = json.loads((run / "metrics.json").read_text())
    low, high = content["stack"]["rmsle_interval"]
    assert low < content["stack"]["rmsle"] < high
    assert set(content["gains"]["constant"]) == {"difference", "standard_error"}
    assert "rmse_intervals" not in content
    assert "metric: rmsle" in (run / "config.yaml").read_text()
    printed = capsys.readouterr().out
    assert "RMSLE  ± s.e." in printed
    assert f"stack: {content['stack']['form']}, RMSLE between" in printed
    page = (run / "report.html").read_text()
    assert "RMSLE of faces</small>" in page
    assert "The stack's RMSLE is lower: by" in page
    assert '<th scope="col">fold</th><th scope="col">RMSLE</th>' in page
    assert submit_main([]) == 0
    assert "score on 10 photos: RMSLE" in capsys.readouterr().out


def test_files_of_rmse_say_nothing_new(warm_project: Path) -> None:
    run = fit("small.yaml", run_dir="runs/plain")
    assert "metric" not in (run.folder / "config.yaml").read_text()
    assert "round" not in (run.folder / "config.yaml").read_text()
    columns = ["name", "kind", "rmse", "standard_error", "mae", "rmse_all", "photos"]
    assert list(run.leaderboard) == columns
    assert set(run.metrics["stack"]) == {"form", *columns[2:], "rmse_interval"}
    assert set(run.metrics["gain"]) == {"mean_squared_error", "standard_error"}


def test_targets_that_a_metric_does_not_take_are_named_before_any_work(
    project: Path, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit_main(["small.yaml", "--set", "score.metric=mape"]) == 1
    assert computed == {"photos": 0, "fits": 0}
    said = capsys.readouterr().err
    counts = pd.read_csv(project / "data" / "train.csv").set_index("photo")["faces"]
    zero = counts.index[counts == 0]
    assert f"which is 0 for {len(zero)} of 40 photos; take another metric" in said
    assert f"  - {min(zero)}: 0" in said


def test_runs_of_one_metric_are_compared_in_it_and_of_two_in_rmse(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit("small.yaml", ["score.metric=mae"], run_dir="a")
    fit("small.yaml", ["score.metric=mae", "stack=median"], run_dir="b")
    fit("small.yaml", ["stack=mean"], run_dir="c")
    assert compare_main(["a", "b", "--json", "--out", "page.html"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["run"]: row for row in found["runs"]}
    assert rows["b"]["difference"] == pytest.approx(rows["b"]["mae"] - rows["a"]["mae"])
    assert found["warnings"] == []
    assert '<th scope="col">MAE</th>' in Path("page.html").read_text()
    assert compare_main(["a", "c", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["run"]: row for row in found["runs"]}
    assert rows["c"]["difference"] == pytest.approx(rows["c"]["rmse"] - rows["a"]["rmse"])
    assert found["warnings"] == [
        "runs are judged by different metrics (a MAE, c RMSE): compared in RMSE"
    ]


def test_a_store_is_told_of_the_metric(warm_project: Path) -> None:
    run = fit("small.yaml", ["score.metric=r2"], run_dir="runs/r2")
    told = {name: value for name, value, _ in _metrics(run.files)}
    stack = run.scores.scores["stack"]
    assert stack.measured is not None
    assert told["stack.r2"] == stack.measured.value
    assert told["stack.rmse"] == stack.rmse
    assert told["gain over constant"] == run.metrics["gains"]["constant"]["difference"]


@pytest.fixture
def whole(tmp_path: Path) -> pd.DataFrame:
    """Photos with whole numbers that can be seen in them nearly as such."""
    photos = draw_photos(tmp_path / "images", 48)
    return photos.assign(light=(photos["light"] / 3).round())


def estimator(folder: Path, **settings: object) -> BackboneEnsemble:
    network = save_network(folder / "small.keras")
    model = BackboneEnsemble(
        [pooled_entry(network)], folds=3, engine="tensorflow", cache_dir=folder / "cache"
    )
    return model.set_params(**settings)


def test_whole_numbers_are_predicted_and_their_intervals_hold(
    whole: pd.DataFrame, tmp_path: Path
) -> None:
    plain = estimator(tmp_path, metric="mae").fit(whole["photo"], whole["light"])
    model = estimator(tmp_path, metric="mae", stack={"round": True})
    model.fit(whole["photo"], whole["light"])
    rounding, oof = model.result_.stack.rounding, model.oof_
    assert rounding is not None
    assert rounding.plain == pytest.approx(plain.leaderboard_.set_index("name").loc["stack", "mae"])
    assert rounding.rounded == (rounding.whole < rounding.plain)
    assert rounding.rounded
    np.testing.assert_array_equal(oof["stack"], np.rint(plain.oof_["stack"]))
    np.testing.assert_array_equal(
        model.predict(whole["photo"]), np.rint(plain.predict(whole["photo"]))
    )
    ends = model.predict_interval(whole["photo"])
    predicted = model.predict(whole["photo"])
    assert ((ends[:, 0] <= predicted) & (predicted <= ends[:, 1])).all()
    inside = (oof["lower"] <= oof["target"]) & (oof["target"] <= oof["upper"])
    assert inside.mean() >= 0.85
    run = model.save(tmp_path / "run")
    assert run.metrics["stack"]["rounding"]["rounded"] is True
    np.testing.assert_array_equal(run.predict(list(whole["photo"]))["stack"], predicted)


def test_whole_numbers_need_whole_targets(whole: pd.DataFrame, tmp_path: Path) -> None:
    broken = whole["light"].copy()
    broken[[0, 5]] += 0.5
    with pytest.raises(InputError, match="2 of 48 targets are not; mend these, or leave"):
        estimator(tmp_path, stack={"round": True}).fit(whole["photo"], broken)

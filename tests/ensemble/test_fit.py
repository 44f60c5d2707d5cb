"""A whole fit on drawn pictures and tiny networks, and its submission."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ensemble.digits import format_score
from ensemble.fit import main as fit_main
from ensemble.submit import main as submit_main
from ensemble.training import fit
from tests.ensemble.runs.small import config, make_model, make_photos


def test_from_pictures_to_a_submission(
    project: Path, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit_main(["small.yaml"]) == 0
    assert computed == {"photos": 82, "fits": 3 * 7}  # the probe is one more for each
    run = project / "runs" / "small"
    names = ["tiny.ridge", "tiny.svr", "other.ridge"]

    oof = pd.read_csv(run / "oof.csv")
    assert list(oof) == ["name", "fold", "target", *names, "stack", "lower", "upper"]
    assert ((oof["lower"] < oof["stack"]) & (oof["stack"] < oof["upper"])).all()
    counts = pd.read_csv(project / "data" / "train.csv").set_index("photo")["faces"]
    assert (counts[oof["name"]].to_numpy() == oof["target"]).all()
    assert len(oof) == 40
    folds = pd.read_csv(run / "folds.csv").set_index("name")["fold"]
    assert (folds[oof["name"]].to_numpy() == oof["fold"]).all()

    board = pd.read_csv(run / "leaderboard.csv").set_index("name")
    for name in [*names, "stack"]:
        rmse = np.sqrt(np.mean((oof[name] - oof["target"]) ** 2))
        assert board.loc[name, "rmse"] == pytest.approx(rmse)
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["stack"]["rmse"] == pytest.approx(board.loc["stack", "rmse"])
    measured = metrics["intervals"]["measured"]["all"]
    inside = (oof["lower"] <= oof["target"]) & (oof["target"] <= oof["upper"])
    assert measured["share"] == pytest.approx(inside.mean())
    assert measured["mean_width"] == pytest.approx((oof["upper"] - oof["lower"]).mean())
    printed = capsys.readouterr().out
    assert f"0.9 intervals hold {measured['share']:.1%} of targets out of fold" in printed
    told = format_score(board.loc["stack", "rmse"], board.loc["stack", "standard_error"])
    assert re.search(rf"^stack +{told} ", printed, re.M)

    assert submit_main([]) == 0
    submission = pd.read_csv(run / "submission.csv")
    test = pd.read_csv(project / "data" / "test.csv")
    assert list(submission) == ["photo", "faces"]
    assert submission["photo"].tolist() == test["photo"].tolist()
    held_out = np.sqrt(np.mean((submission["faces"] - test["faces"]) ** 2))
    told = re.search(r"score on 10 photos: RMSE (\S+) ± (\S+), MAE", capsys.readouterr().out)
    assert told is not None
    assert float(told[1]) == pytest.approx(held_out, abs=float(told[2]) / 2)
    predictions = pd.read_csv(run / "predictions.csv")
    assert list(predictions) == ["photo", *names, "stack", "lower", "upper", "novelty"]
    for end, sign in (("lower", -1), ("upper", 1)):
        error = np.sort(sign * (oof["target"] - oof["stack"]))[39 - 1]  # ceil(41 * 0.95)
        np.testing.assert_allclose(predictions[end], predictions["stack"] + sign * error)
    assert not predictions.isna().any().any()


@pytest.mark.slow
def test_no_prediction_lies_outside_of_the_limits(project: Path, computed: dict[str, int]) -> None:
    fit_main(["small.yaml"])
    table = pd.read_csv(project / "data" / "train.csv")
    table["faces"] = table["faces"].clip(0, 2)
    table.to_csv(project / "data" / "train.csv", index=False)
    limits = ["--set", "data.minimum=0", "--set", "data.maximum=2", "--set", "data.render=null"]
    fit_main(["small.yaml", *limits[-2:]])
    wide = pd.read_csv(project / "runs/small/oof.csv")
    assert not wide["stack"].between(0, 2).all()
    computed.update(photos=0, fits=0)
    assert fit_main(["small.yaml", *limits]) == 0
    assert computed == {"photos": 0, "fits": 0}
    oof = pd.read_csv(project / "runs/small/oof.csv")
    np.testing.assert_array_equal(oof["stack"], wide["stack"].clip(0, 2))
    metrics = json.loads((project / "runs/small/metrics.json").read_text())
    rmse = np.sqrt(np.mean((oof["stack"] - oof["target"]) ** 2))
    assert metrics["stack"]["rmse"] == pytest.approx(rmse)
    assert submit_main([]) == 0
    predictions = pd.read_csv(project / "runs/small/predictions.csv")
    for found in (oof, predictions):
        assert found[["stack", "lower", "upper"]].stack().between(0, 2).all()
    submission = pd.read_csv(project / "runs/small/submission.csv")
    np.testing.assert_allclose(submission["faces"], predictions["stack"])


@pytest.mark.slow
def test_too_few_photos_leave_intervals_endless(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ["--set", "data.limit=20", "--set", "data.minimum=0"]
    assert fit_main(["small.yaml", *settings]) == 0
    assert "0.9 intervals are endless: there are too few photos" in capsys.readouterr().out
    content = json.loads((warm_project / "runs/small/intervals.json").read_text())
    assert content["below"] is not None  # twenty photos are enough, those of two folds not
    assert content["above"] is not None
    metrics = json.loads((warm_project / "runs/small/metrics.json").read_text())
    assert metrics["intervals"]["measured"]["all"]["mean_width"] is None
    oof = pd.read_csv(warm_project / "runs/small/oof.csv")
    assert (oof["upper"] == np.inf).all()
    assert (oof["lower"] == 0).all()
    assert fit_main(["small.yaml", "--set", "data.limit=8", "--set", "stack=mean"]) == 0
    assert submit_main([]) == 0
    predictions = pd.read_csv(warm_project / "runs/small/predictions.csv")
    assert (predictions["upper"] == np.inf).all()
    assert np.isfinite(predictions["stack"]).all()


def test_groups_and_weights_go_all_the_way(warm_project: Path) -> None:
    fit_main(["small.yaml"])
    train = warm_project / "data" / "train.csv"
    table = pd.read_csv(train)
    table["who"], table["w"] = [f"p{n % 7}" for n in range(40)], 1.0
    table.to_csv(train, index=False)
    settings = ["--set", "data.columns.group=who", "--set", "data.columns.weight=w"]
    assert fit_main(["small.yaml", "--set", "folds.method=group", *settings]) == 0
    folds = pd.read_csv(warm_project / "runs/small/folds.csv").set_index("name")["fold"]
    assert all(folds[group["photo"]].nunique() == 1 for _, group in table.groupby("who"))


def test_copies_and_near_copies_of_a_photo_are_listed_and_kept_in_one_fold(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml"])
    images = warm_project / "data" / "images"
    (images / "train_0001.jpg").write_bytes((images / "train_0000.jpg").read_bytes())
    for number in range(2, 10, 2):
        with Image.open(images / f"train_{number:04d}.jpg") as photo:
            photo.save(images / f"train_{number + 1:04d}.jpg", quality=60)
    assert fit_main(["small.yaml", "--set", "folds.near_copies=together"]) == 0
    said = capsys.readouterr().out
    assert "1 photo is byte for byte as another" in said
    assert "8 photos are near copies of others" in said
    assert "WARNING copies, or near copies, with different targets" in said
    folds = pd.read_csv(warm_project / "runs/small/folds.csv").set_index("name")["fold"]
    for number in range(0, 10, 2):
        assert folds[f"train_{number:04d}.jpg"] == folds[f"train_{number + 1:04d}.jpg"]
    table = pd.read_csv(warm_project / "runs/small/near_copies.csv")
    assert table["name"].tolist() == [f"train_{number:04d}.jpg" for number in range(10)]
    assert table["group"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert table["same_bytes"].tolist() == [True] * 2 + [False] * 8


VARIANTS = [
    ["folds.repeats=2", "intervals.coverage=0.5", "data.maximum=12"],
    ["folds.method=stratified", "stack=KNeighborsRegressor", "score.set_aside_above=8"],
    ["data.limit=20", "stack=ridge", "backbones.tiny.heads=[ridge]"],
    [
        *("folds.n=2", "stack=mean", "seed=7"),
        *("backbones.tiny.flip=true", "backbones.other.resize=letterbox"),
        "backbones.other.pooling={grid: [2, 2]}",
    ],
]


@pytest.mark.slow
@pytest.mark.parametrize("settings", VARIANTS, ids=" ".join)
def test_variants_go_all_the_way(warm_project: Path, settings: list[str]) -> None:
    options = [word for setting in settings for word in ("--set", setting)]
    assert fit_main(["small.yaml", *options]) == 0
    assert submit_main([]) == 0
    board = pd.read_csv(warm_project / "runs/small/leaderboard.csv").set_index("name")
    members = board[board["kind"] == "member"]
    if "stack=" not in " ".join(settings):
        assert board.loc["stack", "rmse"] <= members["rmse"].min()
    assert len(pd.read_csv(warm_project / "runs/small/submission.csv")) == 10


def test_own_folds_stay_as_they_are(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_photos(tmp_path)
    make_model(tmp_path / "small.keras")
    table = pd.read_csv(tmp_path / "train.csv")
    table["part"] = ["second", "first", "third", "first"] * 5
    table.to_csv(tmp_path / "train.csv", index=False)
    first, second = (tmp_path / "images" / name for name in table["photo"][:2])
    second.write_bytes(first.read_bytes())
    own = {"method": "column", "column": "part"}
    with caplog.at_level(logging.INFO, logger="ensemble"):
        run = fit(config(tmp_path, folds=own), run_dir=tmp_path / "run")
    assert "folds of part: first (10), second (5), third (5)" in caplog.messages
    assert any("2 photos are the same, byte for byte, as others" in one for one in caplog.messages)
    folds = pd.read_csv(run.folder / "folds.csv").set_index("name")["fold"]
    wanted = table.set_index("photo")["part"].map({"first": 0, "second": 1, "third": 2})
    pd.testing.assert_series_equal(folds, wanted.sort_index(), check_names=False)
    report = (run.folder / "report.html").read_text()
    assert "20 photos in 3 folds" in " ".join(report.split())

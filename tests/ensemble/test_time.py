"""Folds in the order of time, from the table to the run, its report and its predictions."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.comparing import compare
from ensemble.estimators.backbone_ensemble import BackboneEnsemble
from ensemble.report.summary import fit_summary
from ensemble.run import Run
from ensemble.runs.novelty import read_novelty
from ensemble.runs.predictions import target_median
from ensemble.runs.targets import read_targets
from ensemble.submit import main as submit_main
from ensemble.training import fit
from tests.ensemble.project import read_files
from tests.ensemble.runs.small import make_model

N, BLOCKS = 48, 3
SIZE = N // (BLOCKS + 1)


def draw_photos(folder: Path) -> None:
    """Grey noise, whose light counts for more from day to day; rows in no order."""
    draw = np.random.default_rng(0)
    day = 2 * np.arange(N)
    level = draw.uniform(40, 210, N)
    for place in ("images", "new"):
        (folder / place).mkdir(parents=True)
    for number in range(N + 2):
        light = level[number % N]
        pixels = np.clip(draw.normal(light, 20, (40, 48, 3)), 0, 255).astype(np.uint8)
        place = "images" if number < N else "new"
        Image.fromarray(pixels).save(folder / place / f"{number:02d}.png")
    dates = pd.Timestamp("2024-12-01") + pd.to_timedelta(day, unit="D")
    table = pd.DataFrame(
        {
            "photo": [f"{number:02d}.png" for number in range(N)],
            "light": (level * (1 + day / 100) / 10).round(2),
            "day": dates.strftime("%d.%m.%Y"),
        }
    )
    table.sample(frac=1, random_state=0).to_csv(folder / "train.csv", index=False)
    make_model(folder / "small.keras")


def settings(folder: Path, **changes: Any) -> dict[str, Any]:
    heads = ["ridge", {"head": "KNeighborsRegressor", "name": "knn"}]
    own = {"model": str(folder / "small.keras"), "preprocessing": "tf", "heads": heads}
    return {
        "data": {"folder": str(folder), "columns": {"name": "photo", "target": "light"}},
        "backbones": [{"name": "own", **own}],
        "folds": {"method": "time", "column": "day", "format": "%d.%m.%Y", "n": BLOCKS},
        "stack": "nnls",
        "engine": "tensorflow",
        "cache_dir": str(folder / "cache"),
        **changes,
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("time")
    draw_photos(folder)
    return folder


@pytest.fixture(scope="module")
def run(drawn: Path) -> Run:
    return fit(settings(drawn), run_dir=drawn / "run")


def test_the_tables_of_a_run(run: Run, drawn: Path) -> None:
    given = pd.read_csv(drawn / "train.csv").set_index("photo").sort_index()
    folds = pd.read_csv(run.folder / "folds.csv").set_index("name")
    assert folds["fold"].tolist() == np.repeat(range(BLOCKS + 1), SIZE).tolist()
    iso = pd.to_datetime(given["day"], format="%d.%m.%Y").dt.strftime("%Y-%m-%d")
    assert folds["time"].tolist() == iso.tolist()
    assert folds["target"].tolist() == given["light"].tolist()
    oof = pd.read_csv(run.folder / "oof.csv")
    assert oof["fold"].tolist() == np.repeat([1, 2, 3], SIZE).tolist()
    assert (folds["fold"][oof["name"]].to_numpy() == oof["fold"]).all()
    unknown = oof[["stack", "lower", "upper"]].isna().all(axis=1)
    assert (unknown == (oof["fold"] == 1)).all()
    assert oof[["own.ridge", "own.knn"]].notna().all(axis=None)
    pd.testing.assert_frame_equal(run.oof, oof)
    scored = oof[oof["fold"] > 1]
    board = run.leaderboard.set_index("name")
    assert (board["photos"] == 2 * SIZE).all()
    for name in ("own.ridge", "own.knn", "stack"):
        rmse = np.sqrt(np.mean((scored[name] - scored["target"]) ** 2))
        assert board.loc[name, "rmse"] == pytest.approx(rmse)


def test_what_is_said_of_the_blocks(
    run: Run, drawn: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="ensemble"):
        fit(settings(drawn), run_dir=drawn / "again")
    told = next(one for one in caplog.messages if one.startswith("blocks of day: "))
    assert "0: 2024-12-01 to 2024-12-23 (12 photos, learned from); 1: 2024-12-25 to" in told
    metrics = json.loads((run.folder / "metrics.json").read_text())
    assert metrics["photos"] == N
    assert [one["use"] for one in metrics["blocks"]] == [
        "learned from",
        "predicted by members",
        "scored",
        "scored",
    ]
    assert metrics["blocks"][3] == {
        "block": 3,
        "photos": SIZE,
        "first": "2025-02-11",
        "last": "2025-03-05",
        "use": "scored",
    }
    line = fit_summary(metrics, run.folder)[0]
    assert line == (
        "scored: 24 of 48 photos, 2025-01-18 to 2025-03-05, each predicted from earlier ones "
        "alone; intervals measured on 12 of them"
    )
    page = " ".join((run.folder / "report.html").read_text().split())
    assert "trained on 48 photos of 2024-12-01 to 2025-03-05 in 4 blocks of time" in page
    assert "scored on the 24 that count of 2025-01-18 to 2025-03-05, each by heads" in page
    assert "<td>2025-02-11</td><td>2025-03-05</td><td>12</td><td>scored</td>" in page
    assert "the mean target of the earlier blocks" in page


def test_two_fits_have_the_same_bytes(run: Run, drawn: Path) -> None:
    other = drawn / "other"
    shutil.copytree(drawn / "images", other / "images")
    for file in ("train.csv", "small.keras"):
        shutil.copy(drawn / file, other / file)
    rows = pd.read_csv(other / "train.csv").iloc[::-1]
    rows.to_csv(other / "train.csv", index=False)
    again = fit(settings(other), run_dir=other / "run")
    one, two = read_files(run.folder), read_files(again.folder)
    differing = {file for file in one.keys() | two.keys() if one.get(file) != two.get(file)}
    assert differing == {"manifest.json", "config.yaml"}  # the places differ


def test_a_config_of_other_folds_says_nothing_of_forms_of_dates(run: Run, drawn: Path) -> None:
    assert "format: '%d.%m.%Y'" in (run.folder / "config.yaml").read_text()
    other = fit(settings(drawn, folds={"n": 3}, stack="mean"), run_dir=drawn / "kfold")
    assert "format" not in (other.folder / "config.yaml").read_text()
    assert pd.read_csv(other.folder / "folds.csv").columns.tolist() == ["name", "fold"]


def test_what_new_photos_are_held_against_is_of_all_photos(
    run: Run, drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = pd.read_csv(drawn / "train.csv").set_index("photo")["light"].sort_index()
    targets = read_targets(run.files)
    assert targets is not None
    pd.testing.assert_series_equal(targets, given, check_names=False)
    assert target_median(run.files) == given.median()
    novelty = read_novelty(run.files, {"own": 6})
    assert novelty is not None
    assert np.isnan(novelty.own).tolist() == [True] * SIZE + [False] * (N - SIZE)
    command = [str(run.folder), "--images", str(drawn / "new"), "--report"]
    assert submit_main([*command, "--out", str(drawn / "submission.csv")]) == 0
    outlook = json.loads((drawn / "submission.json").read_text())
    assert f"was fitted on {N} photos" in outlook["sentence"]
    assert [group["photos"] for group in outlook["targets"]["groups"]] == [N, 2 * SIZE, 2]
    assert outlook["novelty"]["groups"][0]["photos"] == N - SIZE
    assert "beyond-targets" not in [one["code"] for one in outlook["findings"]]


def test_runs_are_compared_on_the_photos_that_both_score(run: Run, drawn: Path) -> None:
    mean = fit(settings(drawn, stack="mean"), run_dir=drawn / "mean")
    assert len(mean.oof) == mean.metrics["stack"]["photos"] == 3 * SIZE
    assert mean.oof["stack"].notna().all()
    assert [one["use"] for one in mean.metrics["blocks"]] == ["learned from", *["scored"] * 3]
    found = compare([run.folder, mean.folder])
    assert len(found.photos) == 2 * SIZE
    assert found.scores[str(run.folder)].rmse == pytest.approx(run.metrics["stack"]["rmse"])


def test_copies_over_blocks_are_named_and_stay_there(
    drawn: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(drawn / "images", tmp_path / "images")
    for name in ("train.csv", "small.keras"):
        shutil.copy(drawn / name, tmp_path / name)
    for copy, of in ((40, 3), (21, 20)):
        shutil.copy(tmp_path / f"images/{of:02d}.png", tmp_path / f"images/{copy:02d}.png")
    run = fit(settings(tmp_path), run_dir=tmp_path / "run")
    (told,) = [one for one in caplog.messages if "byte for byte the same as one of" in one]
    assert told.startswith("1 photo is byte for byte the same as one of an earlier block")
    assert told.endswith("\n  - 40.png")
    folds = pd.read_csv(run.folder / "folds.csv")["fold"]
    assert folds.tolist() == np.repeat(range(BLOCKS + 1), SIZE).tolist()
    report = json.loads((run.folder / "report.json").read_text())
    split = next(one for one in report["findings"] if one["code"] == "copies-split")
    assert split["photos"] == ["40.png"]
    assert "leave the later ones out" in split["advice"]


def test_too_few_times_and_no_table_are_named(drawn: Path, tmp_path: Path) -> None:
    limited = settings(drawn)
    limited["data"]["limit"] = 4
    with pytest.raises(InputError, match="the first of 4 blocks of time has but one photo"):
        fit(limited, run_dir=tmp_path / "run")
    model = BackboneEnsemble(
        settings(drawn)["backbones"],
        folds={"method": "time", "column": "day"},
        engine="tensorflow",
        cache_dir=drawn / "cache",
    )
    paths = sorted((drawn / "images").iterdir())
    with pytest.raises(InputError, match=r"folds\.method: time is of tables, which say when"):
        model.fit(paths, np.arange(len(paths)))

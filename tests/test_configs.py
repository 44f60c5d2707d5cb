"""Every config that is shipped works."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from ensemble.config.experiment import open_experiment
from ensemble.fit import main as fit_main
from ensemble.submit import main as submit_main

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.yaml"))
ARTICLE = ["resnet152_v2", "inception_resnet_v2", "vgg19", "inception_v3", "mobilenet_v2"]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_it_opens_with_its_command(path: Path) -> None:
    assert path.read_text().splitlines()[1] == f"# python -m ensemble.fit configs/{path.name}"


def test_the_faces_config_has_two_heads_on_three_networks(
    face_counting: Path, keras_home: Path
) -> None:
    experiment = open_experiment(Path("configs/face_counting.yaml"))
    assert [one.name for one in experiment.members] == [
        "lite2_pooled.svr",
        "mobilenet_v2+lite0+lite2.density",
    ]
    assert {one.weights.source for one in experiment.backbones} == {"imagenet", "file"}
    assert {one.size for one in experiment.backbones} == {(416, 608)}
    assert len({one.forward_pass for one in experiment.backbones}) == 3


def test_the_fast_config_has_one_head_on_three_networks(
    face_counting: Path, keras_home: Path
) -> None:
    experiment = open_experiment(Path("configs/face_counting_fast.yaml"))
    assert [one.name for one in experiment.members] == ["mobilenet_v2+lite0+lite2.density"]
    assert {one.weights.source for one in experiment.backbones} == {"imagenet", "file"}
    assert {one.size for one in experiment.backbones} == {(320, 480)}


def test_the_articles_five_are_the_networks_at_hand(face_counting: Path, keras_home: Path) -> None:
    """One head on each, fitted as in the config of the single network, so that they compare."""
    five = open_experiment(Path("configs/article_five.yaml"))
    (single,) = open_experiment(Path("configs/article_mobilenet_v2.yaml")).members
    assert {one.name: one.weights.source for one in five.backbones} == {
        "mobilenet_v2": "imagenet",
        "mobilenet": "imagenet",
        "lite0": "file",
        "lite2": "file",
        "squeezenet": "file",
    }
    assert {one.size for one in five.backbones} == {(224, 224)}
    assert [one.head for one in five.members] == [single.head] * 5
    assert five.backbones[0].fingerprint == single.backbones[0].fingerprint


@pytest.mark.slow
def test_the_articles_ensemble_runs_on_a_few_photos_with_random_weights(
    face_counting: Path, tmp_path: Path
) -> None:
    settings = ["data.limit=30", "folds.n=2", "engine=tensorflow", f"cache_dir={tmp_path}"]
    settings += [f"backbones.{name}.weights=random" for name in ARTICLE]
    settings += [f"backbones.{name}.heads.mlp.parameters.epochs=2" for name in ARTICLE]
    given = [word for setting in settings for word in ("--set", setting)]
    run = tmp_path / "run"
    assert fit_main(["configs/article_ensemble.yaml", "--run-dir", str(run), *given]) == 0
    board = pd.read_csv(run / "leaderboard.csv").set_index("name")
    assert sorted(board.index[board["kind"] == "member"]) == sorted(f"{n}.mlp" for n in ARTICLE)
    assert board.loc["stack", "rmse"] == pytest.approx(board.loc["mean", "rmse"])
    curves = pd.read_csv(run / "curves" / "vgg19.mlp.csv")
    assert list(curves) == ["left_out", "epoch", "loss", "val_loss"]
    assert os.path.getsize(run / "members" / "vgg19.mlp" / "network.keras") > 100_000


@pytest.mark.slow
def test_prices_of_houses_come_of_photos_and_columns(
    houses: Path, keras_home: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    assert fit_main(["configs/houses.yaml", "--run-dir", str(run)]) == 0
    board = pd.read_csv(run / "leaderboard.csv").set_index("name")
    assert board.loc["columns alone", "mape"] < 0.29
    assert board.loc["photos alone", "mape"] < 0.46
    assert board.loc["stack", "mape"] < 0.27
    oof = pd.read_csv(run / "oof.csv")
    assert len(oof) == oof["name"].nunique() == 402
    error = (oof["stack"] - oof["target"]).abs() / oof["target"]
    assert board.loc["stack", "mape"] == pytest.approx(error.mean())
    assert submit_main([str(run)]) == 0
    submission = pd.read_csv(run / "submission.csv")
    asked = pd.read_csv(houses / "test.csv")["house"].drop_duplicates()
    assert submission["house"].tolist() == asked.tolist()

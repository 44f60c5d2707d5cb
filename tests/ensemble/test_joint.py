"""Heads on several backbones, as members of a whole fit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.photos.digests import compute_digests
from ensemble import BackboneEnsemble, Run, fit
from ensemble.config.settings import ConfigError
from ensemble.pack import main as pack_main
from ensemble.photos.features import StoredFeatures
from ensemble.submit import main as submit_main
from tests.ensemble.brightness import draw_photos, maps_entry, pooled_entry, save_network

DENSITY: dict[str, Any] = maps_entry("")["heads"][0]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Photos, and a network whose two layers are read by a backbone each, whole and pooled."""
    monkeypatch.chdir(tmp_path)
    table = draw_photos(tmp_path / "images")
    table.assign(photo=table["photo"].map(lambda path: Path(path).name)).to_csv(
        "train.csv", index=False
    )
    model = save_network(tmp_path / "small.keras")
    pooled, maps = pooled_entry(model), maps_entry(model)
    entries = [
        {**entry, "name": f"{layer}_{name}", "layers": [layer], "heads": []}
        for name, entry in (("rows", pooled), ("maps", maps))
        for layer in ("first", "second")
    ]
    entries[0]["heads"] = ["ridge"]
    return {
        "data": {"folder": ".", "columns": {"name": "photo", "target": "light"}},
        "backbones": entries,
        "joint": [
            {"backbones": ["first_rows", "second_rows"], "heads": ["ridge", "svr"]},
            {"backbones": ["first_maps", "second_maps"], "heads": [DENSITY]},
        ],
        "folds": {"n": 2},
        "stack": "mean",
        "engine": "tensorflow",
        "cache_dir": "cache",
    }


@pytest.fixture
def run(config: dict[str, Any]) -> Run:
    return fit(config, run_dir="run")


def test_they_give_what_one_backbone_of_all_the_layers_gives(
    config: dict[str, Any], run: Run, computed: dict[str, int]
) -> None:
    model = config["backbones"][0]["model"]
    pooled = {**pooled_entry(model), "heads": ["ridge", "svr"]}
    together = {**config, "backbones": [pooled, maps_entry(model)], "joint": []}
    found = fit(together, run_dir="together").oof
    for joint, one in {
        "first_rows+second_rows.ridge": "small.ridge",
        "first_rows+second_rows.svr": "small.svr",
        "first_maps+second_maps.density": "maps.density",
    }.items():
        np.testing.assert_array_equal(run.oof[joint], found[one])
    assert computed["fits"] == 3 * 3  # pieces of other features


def test_the_backbones_are_run_once_and_nothing_is_fitted_again(
    config: dict[str, Any], run: Run, computed: dict[str, int]
) -> None:
    assert list(run.oof)[3:7] == [
        "first_rows.ridge",
        "first_rows+second_rows.ridge",
        "first_rows+second_rows.svr",
        "first_maps+second_maps.density",
    ]
    config["joint"][0]["heads"] = ["ridge", "svr", "KNeighborsRegressor"]
    config["backbones"][1]["heads"] = ["svr"]
    fit(config, run_dir="other")
    assert computed == {"photos": 0, "fits": 2 * 3}


def test_rows_stand_side_by_side(run: Run) -> None:
    backbones = run.experiment.backbones[:2]
    paths = [Path("images") / name for name in run.oof["name"]]
    stored = StoredFeatures(backbones, Path("cache"), "tensorflow", paths, compute_digests(paths))
    with stored.open() as rows:
        assert isinstance(rows, np.ndarray)
    parts = []
    for one in backbones:
        with StoredFeatures(
            [one], Path("cache"), "tensorflow", paths, stored.digests
        ).open() as part:
            parts.append(part)
    np.testing.assert_array_equal(rows, np.hstack(parts))
    assert rows.dtype == np.float32


def test_new_photos_take_every_way(run: Run, tmp_path: Path) -> None:
    new = draw_photos(tmp_path / "new", count=3, seed=1)["photo"].tolist()
    table = run.predict(new)
    assert pack_main(["run", "run.pack"]) == 0
    for source in ("run", "run.pack"):
        assert submit_main([source, "--images", "new", "--out", f"from-{source}/all.csv"]) == 0
        written = pd.read_csv(f"from-{source}/predictions.csv")
        np.testing.assert_array_equal(written["stack"], table["stack"])


def test_the_estimator_takes_them(config: dict[str, Any], run: Run) -> None:
    model = BackboneEnsemble(
        config["backbones"],
        joint=config["joint"],
        folds=2,
        stack="mean",
        engine="tensorflow",
        cache_dir="cache",
    )
    table = pd.read_csv("train.csv")
    model.fit("images/" + table["photo"], table["light"])
    np.testing.assert_array_equal(model.oof_["stack"], run.oof["stack"])


def test_maps_of_other_sizes_lie_on_the_grid_of_the_largest(config: dict[str, Any]) -> None:
    mobile = {
        "application": "MobileNet",
        "arguments": {"alpha": 0.25},
        "weights": "random",
        "layers": ["conv_pw_3_relu"],
        "pooling": "none",
    }
    config["backbones"] = [
        {**mobile, "name": "one", "image_size": [32, 32]},
        {**mobile, "name": "two", "image_size": [64, 48]},
    ]
    head = {**DENSITY, "parameters": {**DENSITY["parameters"], "stride": 8}}
    config["joint"] = [{"backbones": ["one", "two"], "heads": [head]}]
    run = fit(config, run_dir="run")
    (member,) = run.experiment.members
    assert member.name == "one+two.density"
    assert member.view == ((64, 48), "squash")
    assert np.isfinite(run.oof["one+two.density"]).all()
    network = run.predictor.head(member.name).network_
    assert [one.shape[1:3] for one in network.inputs] == [(8, 8), (16, 12)]
    assert network.output.shape[1:] == (8, 6)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"backbones": ["first_rows"]}, "joint[0].backbones: Tuple should have at least 2 items"),
        (
            {"backbones": ["first_rows", "first_rows"]},
            "backbones of one joint entry need different names; given more than once: first_rows",
        ),
        (
            {"backbones": ["first_rows", "fist_rows"]},
            "joint.first_rows+fist_rows: there is no backbone fist_rows; did you mean first_rows",
        ),
        (
            {"backbones": ["first_rows", "first_maps"]},
            "joint.first_rows+first_maps: first_maps keeps maps (pooling: none), and first_rows "
            "does not",
        ),
        (
            {"heads": ["density"]},
            "joint.first_rows+second_rows: density cannot learn from these backbones, which keep "
            "no maps; pooling: none would",
        ),
        (
            {"backbones": ["first_maps", "second_maps"]},
            "joint entries need different backbones; given more than once: first_maps+second_maps",
        ),
        ({"heads": []}, "heads of one joint entry: at least one is needed"),
        ({"heads": ["ridge", "ridge"]}, "heads of one joint entry need different names"),
        (
            {"backbones": ["first_rows", "third"]},
            "backbones.second_rows.heads: at least one is needed, there or in an entry of joint",
        ),
        ({"names": []}, "joint[0].names: unknown key"),
    ],
)
def test_mistakes_are_named(config: dict[str, Any], change: dict[str, Any], mistake: str) -> None:
    config["joint"][0] = {**config["joint"][0], **change}
    with pytest.raises(ConfigError, match=re.escape(mistake)):
        fit(config, run_dir="run")


def test_letterboxes_of_other_sizes_do_not_lie_over_each_other(config: dict[str, Any]) -> None:
    for number in (2, 3):
        config["backbones"][number]["resize"] = "letterbox"
    config["backbones"][3] |= {
        "model": None,
        "application": "MobileNet",
        "preprocessing": None,
        "weights": "random",
        "layers": ["conv_pw_3_relu"],
        "image_size": [64, 48],
    }
    with pytest.raises(
        ConfigError,
        match=r"joint.first_maps\+second_maps: letterboxes of 32 x 32, 64 x 48 pixels have other "
        r"margins; give the backbones one image_size, or resize: squash",
    ):
        fit(config, run_dir="run")
    config["backbones"][2]["resize"] = "squash"
    with pytest.raises(ConfigError, match="maps lie over each other only where resize is the same"):
        fit(config, run_dir="run")

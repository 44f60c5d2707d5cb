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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos with their table, and a network."""
    folder = tmp_path_factory.mktemp("joint")
    table = draw_photos(folder / "images")
    table["photo"] = table["photo"].map(lambda path: Path(path).name)
    table.to_csv(folder / "train.csv", index=False)
    save_network(folder / "small.keras")
    return folder


def joint_config(folder: Path) -> dict[str, Any]:
    """The network's two layers are read by a backbone each, whole and pooled."""
    model = str(folder / "small.keras")
    pooled, maps = pooled_entry(model), maps_entry(model)
    entries = [
        {**entry, "name": f"{layer}_{name}", "layers": [layer], "heads": []}
        for name, entry in (("rows", pooled), ("maps", maps))
        for layer in ("first", "second")
    ]
    entries[0]["heads"] = ["ridge"]
    return {
        "data": {"folder": folder, "columns": {"name": "photo", "target": "light"}},
        "backbones": entries,
        "joint": [
            {"backbones": ["first_rows", "second_rows"], "heads": ["ridge", "svr"]},
            {"backbones": ["first_maps", "second_maps"], "heads": [DENSITY]},
        ],
        "folds": {"n": 2},
        "stack": "mean",
        "engine": "tensorflow",
        "cache_dir": folder / "cache",
    }


@pytest.fixture
def config(folder: Path) -> dict[str, Any]:
    return joint_config(folder)


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fit(joint_config(folder), run_dir=folder / "run")


@pytest.mark.slow
def test_they_give_what_one_backbone_of_all_the_layers_gives(
    config: dict[str, Any], run: Run, computed: dict[str, int], tmp_path: Path
) -> None:
    model = config["backbones"][0]["model"]
    pooled = {**pooled_entry(model), "heads": ["ridge", "svr"]}
    together = {**config, "backbones": [pooled, maps_entry(model)], "joint": []}
    found = fit(together, run_dir=tmp_path / "run").oof
    for joint, one in {
        "first_rows+second_rows.ridge": "small.ridge",
        "first_rows+second_rows.svr": "small.svr",
        "first_maps+second_maps.density": "maps.density",
    }.items():
        np.testing.assert_array_equal(run.oof[joint], found[one])
    assert computed["fits"] == 3 * 3  # pieces of other features


def test_the_backbones_are_run_once_and_nothing_is_fitted_again(
    config: dict[str, Any], run: Run, computed: dict[str, int], tmp_path: Path
) -> None:
    assert list(run.oof)[3:7] == [
        "first_rows.ridge",
        "first_rows+second_rows.ridge",
        "first_rows+second_rows.svr",
        "first_maps+second_maps.density",
    ]
    config["joint"][0]["heads"] = ["ridge", "svr", "KNeighborsRegressor"]
    config["backbones"][1]["heads"] = ["svr"]
    fit(config, run_dir=tmp_path / "run")
    assert computed == {"photos": 0, "fits": 2 * 3}


def test_rows_stand_side_by_side(folder: Path, run: Run) -> None:
    paths = [folder / "images" / name for name in run.oof["name"]]
    digests = compute_digests(paths)

    def rows(*numbers: int) -> Any:
        backbones = [run.experiment.backbones[number] for number in numbers]
        stored = StoredFeatures(backbones, folder / "cache", "tensorflow", paths, digests)
        with stored.open() as found:
            return found

    np.testing.assert_array_equal(rows(0, 1), np.hstack([rows(0), rows(1)]))
    assert rows(0, 1).dtype == np.float32


def test_new_photos_take_every_way(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = draw_photos(tmp_path / "new", count=3, seed=1)["photo"].tolist()
    table = run.predict(new)
    monkeypatch.chdir(tmp_path)
    assert pack_main([str(run.folder), "run.pack"]) == 0
    for number, source in enumerate((run.folder, "run.pack")):
        assert submit_main([str(source), "--images", "new", "--out", f"{number}/all.csv"]) == 0
        written = pd.read_csv(f"{number}/predictions.csv")
        np.testing.assert_array_equal(written["stack"], table["stack"])


def test_the_estimator_takes_them(folder: Path, config: dict[str, Any], run: Run) -> None:
    model = BackboneEnsemble(
        config["backbones"],
        joint=config["joint"],
        folds=2,
        stack="mean",
        engine="tensorflow",
        cache_dir=folder / "cache",
    )
    table = pd.read_csv(folder / "train.csv")
    model.fit(f"{folder}/images/" + table["photo"], table["light"])
    np.testing.assert_array_equal(model.oof_["stack"], run.oof["stack"])


@pytest.mark.slow
def test_maps_of_other_sizes_lie_on_the_grid_of_the_largest(
    config: dict[str, Any], tmp_path: Path
) -> None:
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
    run = fit(config, run_dir=tmp_path / "run")
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
        ({"backbones": ["first_rows", "n" * 100]}, f"there is no backbone {'n' * 100}"),
    ],
)
def test_mistakes_are_named(
    config: dict[str, Any], change: dict[str, Any], mistake: str, tmp_path: Path
) -> None:
    config["joint"][0] = {**config["joint"][0], **change}
    with pytest.raises(ConfigError, match=re.escape(mistake)):
        fit(config, run_dir=tmp_path / "run")


def test_letterboxes_of_other_sizes_do_not_lie_over_each_other(
    config: dict[str, Any], tmp_path: Path
) -> None:
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
        r"margins; give the backbones one ratio of sides, or resize: squash",
    ):
        fit(config, run_dir=tmp_path / "run")
    config["backbones"][2]["resize"] = "squash"
    with pytest.raises(ConfigError, match="only where resize and tile are the same"):
        fit(config, run_dir=tmp_path / "run")

"""The estimator against the command, `fit` and scikit-learn's own tools."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score, cross_validate

from backbones.errors import InputError
from ensemble import BackboneEnsemble, fit, open_run
from ensemble.config.settings import ConfigError
from ensemble.fit import main as fit_main
from ensemble.submit import main as submit_main
from tests.ensemble.brightness import draw_photos, maps_entry, pooled_entry, save_network


@pytest.fixture
def photos(tmp_path: Path) -> pd.DataFrame:
    return draw_photos(tmp_path / "images")


@pytest.fixture
def model(tmp_path: Path) -> BackboneEnsemble:
    network = save_network(tmp_path / "small.keras")
    return BackboneEnsemble(
        [pooled_entry(network)],
        folds=3,
        stack="nnls",
        engine="tensorflow",
        cache_dir=tmp_path / "cache",
    )


def numbers(table: pd.DataFrame) -> np.ndarray:
    return table.select_dtypes("number").to_numpy(dtype=np.float64)


#: Engine, folds and stack; with whole maps and a density head in the first.
WAYS = [
    pytest.param("openvino", 2, "mean", marks=pytest.mark.slow),
    ("tensorflow", 3, "nnls"),
]


@pytest.mark.parametrize(("engine", "folds", "stack"), WAYS)
def test_command_function_and_estimator_agree_to_the_bit(
    model: BackboneEnsemble,
    photos: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    folds: int,
    stack: str,
) -> None:
    if engine == "openvino":
        pytest.importorskip("openvino", reason="the extra openvino is not installed")
    monkeypatch.chdir(tmp_path)

    backbones = list(model.backbones)
    if engine == "openvino":
        backbones.append(maps_entry(str(model.backbones[0]["model"])))
    table = photos.assign(photo=photos["photo"].map(lambda path: Path(path).name))
    table.to_csv("train.csv", index=False)
    config = {
        "data": {"folder": ".", "columns": {"name": "photo", "target": "light"}},
        "backbones": backbones,
        "folds": {"n": folds},
        "stack": stack,
        "engine": engine,
    }
    with Path("light.yaml").open("w") as file:
        YAML(typ="safe").dump({**config, "cache_dir": "one"}, file)
    assert fit_main(["light.yaml"]) == 0
    run = fit({**config, "cache_dir": "two"}, run_dir="function")
    rows = np.random.default_rng(0).permutation(len(photos))  # their order plays no part
    model.set_params(
        backbones=backbones, folds=folds, stack=stack, cache_dir="three", engine=engine
    )
    model.fit(photos["photo"][rows], photos["light"][rows])
    command = pd.read_csv("runs/light/oof.csv")
    np.testing.assert_array_equal(numbers(command), numbers(run.oof))
    np.testing.assert_array_equal(numbers(command), numbers(model.oof_))
    assert command["name"].tolist() == [Path(name).name for name in model.oof_["name"]]
    pd.testing.assert_frame_equal(model.leaderboard_, run.leaderboard, rtol=1e-12)
    new = draw_photos(tmp_path / "new", count=5, seed=1)["photo"].tolist()
    assert submit_main(["runs/light", "--images", "new"]) == 0
    predicted = run.predict(new)
    np.testing.assert_array_equal(
        numbers(pd.read_csv("runs/light/predictions.csv")), numbers(predicted)
    )
    np.testing.assert_array_equal(model.predict(new), predicted["stack"])
    np.testing.assert_array_equal(model.predict_interval(new), predicted[["lower", "upper"]])


def test_it_learns_and_keeps_nothing_but_the_store(
    model: BackboneEnsemble, photos: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = {path.name for path in tmp_path.iterdir()}
    model.fit(photos["photo"], photos["light"])
    assert model.score(photos["photo"], photos["light"]) > 0.9
    assert {path.name for path in tmp_path.iterdir()} == before | {"cache"}
    assert list(Path().iterdir()) == []
    interval = model.predict_interval(photos["photo"])
    assert interval.shape == (24, 2)
    assert "<td>stack</td>" in model._repr_html_()
    assert "text/html" in clone(model)._repr_mimebundle_()
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(photos["photo"]), model.predict(photos["photo"]))


def test_a_saved_model_is_a_run(
    model: BackboneEnsemble, photos: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model.fit(photos["photo"], photos["light"])
    run = model.save("runs/light")
    assert submit_main(["--images", "images"]) == 0
    submission = pd.read_csv("runs/light/submission.csv")
    np.testing.assert_allclose(submission["target"], model.predict(photos["photo"]), rtol=1e-9)
    assert open_run("runs/light").leaderboard.equals(run.leaderboard)
    with pytest.raises(InputError, match="holds files that are not of a run"):
        model.save("images")


@pytest.mark.slow
def test_it_goes_through_scikit_learns_model_selection(
    model: BackboneEnsemble, photos: pd.DataFrame, computed: dict[str, int]
) -> None:
    X, y = photos["photo"].to_numpy(), photos["light"].to_numpy()
    assert (cross_val_score(model, X, y, cv=2) > 0.8).all()
    assert computed["photos"] == 24  # in all parts the same features
    search = GridSearchCV(model, {"stack": ["mean", "nnls"], "folds": [3, 4]}, cv=2).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.predict(X).shape == (24,)
    assert computed["photos"] == 24


def test_groups_and_weights_are_routed(model: BackboneEnsemble, photos: pd.DataFrame) -> None:
    X, y = photos["photo"].to_numpy(), photos["light"].to_numpy()
    groups, weight = np.arange(24) % 8, np.where(np.arange(24) < 12, 1.0, 0.5)
    with config_context(enable_metadata_routing=True):
        routed = clone(model).set_fit_request(groups=True, sample_weight=True)
        routed.set_score_request(sample_weight=True)
        found = cross_validate(
            routed,
            X,
            y,
            cv=GroupKFold(2),
            params={"groups": groups, "sample_weight": weight},
            return_estimator=True,
        )
    for one in found["estimator"]:
        fitted = one.result_
        folds = pd.DataFrame({"group": fitted.photos.group, "fold": fitted.folds.number[0]})
        assert (folds.groupby("group")["fold"].nunique() == 1).all()
        assert set(fitted.photos.weight) == {0.5, 1.0}
    plain = clone(model).fit(X, y)
    weighted = clone(model).fit(X, y, sample_weight=weight)
    assert not np.array_equal(plain.predict(X), weighted.predict(X))
    np.testing.assert_array_equal(
        clone(model).fit(X, y, sample_weight=np.ones(24)).oof_["small.svr"], plain.oof_["small.svr"]
    )


def test_parameters_mean_what_a_config_says(model: BackboneEnsemble, photos: pd.DataFrame) -> None:
    X, y = photos["photo"], photos["light"]
    model.set_params(
        minimum=5.0, maximum=15.0, coverage=0.5, folds={"n": 4, "method": "stratified"}
    )
    model.fit(X, y.clip(5, 15))
    assert model.oof_["fold"].nunique() == 4
    assert model.oof_[["stack", "lower", "upper"]].stack().between(5, 15).all()
    inside = (model.oof_["lower"] <= model.oof_["target"]) & (
        model.oof_["target"] <= model.oof_["upper"]
    )
    assert 0.3 < inside.mean() < 0.9
    other = clone(model).set_params(random_state=3).fit(X, y.clip(5, 15))
    assert other.oof_["name"].tolist() != model.oof_["name"].tolist()


WRONG: list[tuple[dict[str, Any], dict[str, Any], type[Exception], str]] = [
    ({"backbones": []}, {}, ConfigError, "backbones: at least one is needed"),
    ({"stack": "nnl", "folds": 1}, {}, ConfigError, "the estimator has 2 mistakes"),
    ({"folds": {"k": 3}}, {}, ConfigError, "folds.k: unknown key"),
    ({"folds": 30}, {}, InputError, "folds.n: 30 folds need as many photos, not 24 photos"),
    ({}, {"y": None}, InputError, "requires y to be passed"),
    ({}, {"y": np.arange(5.0)}, InputError, "need as many rows"),
    ({}, {"y": np.full(24, np.nan)}, InputError, "y: Input y contains NaN"),
    ({"minimum": 100.0}, {}, InputError, "y must lie from minimum 100 to maximum ∞:\n  - row 0"),
    (
        {},
        {"groups": [None, *"a" * 23]},
        InputError,
        "missing in:\n  - row 0",
    ),
    ({}, {"sample_weight": -np.ones(24)}, InputError, "sample_weight must not be negative"),
    ({}, {"sample_weight": np.zeros(24)}, InputError, "sample_weight is zero for every photo"),
]


@pytest.mark.parametrize(("parameters", "given", "error", "message"), WRONG)
def test_mistakes_are_named(
    model: BackboneEnsemble,
    photos: pd.DataFrame,
    parameters: dict[str, Any],
    given: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error) as caught:
        model.set_params(**parameters).fit(photos["photo"], **{"y": photos["light"], **given})
    assert message in str(caught.value)

"""Columns beside the photos, from a table to predictions of new ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from backbones.errors import InputError
from backbones.files import hash_file
from ensemble import BackboneEnsemble, Run, fit, open_run
from ensemble.heads.ridge import RidgeLOO
from ensemble.pack import main as pack_main
from ensemble.submit import main as submit_main
from tests.ensemble.brightness import draw_photos, save_network

KINDS = {"a": 3.0, "b": -2.0, "c": 0.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos, a table whose target hangs on light, rooms and kind, and a network."""
    folder = tmp_path_factory.mktemp("columns")
    table = draw_photos(folder / "images", count=48)
    table["photo"] = table["photo"].map(lambda path: Path(path).name)
    draw = np.random.default_rng(0)
    table["rooms"] = draw.integers(1, 9, size=48)
    table["kind"] = draw.choice(list(KINDS), size=48)
    table["price"] = table["light"] + 2 * table["rooms"] + table["kind"].map(KINDS)
    table.drop(columns="light").to_csv(folder / "train.csv", index=False)
    table[["photo", "rooms", "kind"]].head(6).to_csv(folder / "test.csv", index=False)
    save_network(folder / "small.keras")
    return folder


def config(folder: Path, **sections: Any) -> dict[str, Any]:
    columns = {"name": "photo", "target": "price", "features": ["rooms", "kind"]}
    backbone = {
        "name": "net",
        "model": str(folder / "small.keras"),
        "preprocessing": "tf",
        "heads": ["ridge", {"head": "ridge", "columns": True}],
    }
    return {
        "data": {"folder": str(folder), "test": "test.csv", "columns": columns},
        "backbones": [backbone],
        "tabular": {"heads": ["ridge"]},
        "folds": {"n": 3},
        "engine": "tensorflow",
        "cache_dir": str(folder / "cache"),
        **sections,
    }


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fit(config(folder), run_dir=folder / "run")


def test_the_member_on_columns_is_scikit_learn_s_cross_validation(folder: Path, run: Run) -> None:
    table = pd.read_csv(folder / "train.csv").set_index("photo")
    oof = run.oof.set_index("name").loc[table.index]
    labels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encode = ColumnTransformer([("n", StandardScaler(), ["rooms"]), ("c", labels, ["kind"])])
    splits = [
        (np.flatnonzero(oof["fold"] != fold), np.flatnonzero(oof["fold"] == fold))
        for fold in range(3)
    ]
    expected = cross_val_predict(
        make_pipeline(encode, RidgeLOO()), table[["rooms", "kind"]], table["price"], cv=splits
    )
    np.testing.assert_allclose(oof["columns.ridge"], expected, rtol=1e-9)


def test_both_together_beat_either_and_that_is_said(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    scores = run.metrics["scores"]
    rmse = {name: one["rmse"] for name, one in scores.items()}
    assert rmse["net.ridge_columns"] < 0.7 * min(rmse["net.ridge"], rmse["columns.ridge"])
    assert rmse["columns alone"] == pytest.approx(rmse["columns.ridge"])
    assert rmse["photos alone"] == pytest.approx(rmse["net.ridge"])
    assert set(run.metrics["gains"]) >= {"columns alone", "photos alone"}
    board = run.leaderboard.set_index("name")
    assert board.loc[["columns alone", "photos alone"], "kind"].tolist() == ["reference"] * 2
    page = (run.folder / "report.html").read_text()
    assert "2 columns (rooms, kind)" in page
    assert "than that of columns alone" in page


def test_a_run_keeps_what_columns_hold(run: Run) -> None:
    assert json.loads((run.folder / "columns.json").read_text()) == [
        {"name": "rooms", "kind": "number", "categories": []},
        {"name": "kind", "kind": "category", "categories": ["a", "b", "c"]},
    ]


def test_new_rows_are_encoded_alike_from_a_table_and_from_python(
    folder: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit_main([str(run.folder)]) == 0
    written = pd.read_csv(run.folder / "predictions.csv")
    table = pd.read_csv(folder / "test.csv")
    paths = [str(folder / "images" / name) for name in table["photo"]]
    for predictions in (
        open_run(run.folder).predict(paths, columns=table),
        run.predict(paths, columns=table, keep=True),
    ):
        pd.testing.assert_frame_equal(
            predictions.drop(columns="photo"), written.drop(columns="photo"), check_exact=True
        )


def test_one_photo_with_other_columns_is_another_row(folder: Path, run: Run) -> None:
    photo = str(folder / "images" / "00.png")
    rows = {"rooms": [1, 8, 1], "kind": ["a", "b", "a"]}
    found = run.predict([photo] * 3, columns=rows, keep=True)
    again = run.predict([photo] * 3, columns={**rows, "rooms": [1, 7, 1]}, keep=True)
    alone = run.predict([photo], columns={"rooms": [8], "kind": ["b"]})
    stack = found["stack"].to_numpy()
    assert stack[0] == stack[2] != stack[1]
    assert stack[1] == alone["stack"].iloc[0]
    assert (again["stack"] != found["stack"]).tolist() == [False, True, False]


def test_unknown_labels_and_empty_cells_are_predicted(
    folder: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    photo = str(folder / "images" / "00.png")
    found = run.predict([photo] * 2, columns={"rooms": [None, 3], "kind": ["zzz", None]})
    assert np.isfinite(found["stack"]).all()
    assert "kind: no row of the fit has these labels" in caplog.text
    assert "'zzz'" in caplog.text


def test_photos_without_a_table_are_refused(
    folder: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit_main([str(run.folder), "--images", str(folder / "images")]) == 1
    told = capsys.readouterr().err
    assert "heads of this run take columns beside the photos (rooms, kind)" in told
    assert "submit --test CSV" in told
    with pytest.raises(InputError, match=r"there are photos alone: .* predict\(photos, columns="):
        run.predict(folder / "images")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("photo,rooms\n00.png,2\n", "'kind'"),
        ("photo,rooms,kind\n00.png,two,a\n", "rooms must be a number"),
        ("photo,rooms,kind\n00.png,inf,a\n", "line 2: 'inf'"),
        ("photo,rooms,kind,kind\n00.png,1,a,b\n", "columns of the same name"),
        ("photo,Rooms,kind\n00.png,1,a\n", "did you mean 'Rooms'?"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path, folder: Path, run: Run, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (tmp_path / "new.csv").write_text(text)
    arguments = ["--test", str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]
    assert submit_main([str(run.folder), *arguments]) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_a_pack_predicts_with_columns(
    tmp_path: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pack_main([str(run.folder), "my.pack"]) == 0
    test = ["--test", str(folder / "test.csv"), "--images", str(folder / "images")]
    assert submit_main(["my.pack", *test, "--set", f"cache_dir={tmp_path}"]) == 0
    assert submit_main([str(run.folder), *test, "--out", "run.csv"]) == 0
    assert Path("my-submission.csv").read_bytes() == Path("run.csv").read_bytes()


def test_columns_need_no_backbone(folder: Path, tmp_path: Path) -> None:
    content = config(folder, backbones=[], tabular={"heads": ["ridge", "svr"]})
    alone = fit(content, run_dir=tmp_path / "alone")
    assert {"columns.ridge", "columns.svr"} <= set(alone.leaderboard["name"])
    assert "columns alone" not in set(alone.leaderboard["name"])  # there is nothing else
    photos = [str(folder / "images" / "00.png")] * 2
    found = open_run(alone.folder).predict(photos, columns={"rooms": [1, 8], "kind": ["a", "a"]})
    assert found["columns.ridge"].iloc[1] > found["columns.ridge"].iloc[0] + 8
    assert "novelty" not in found


def test_in_the_order_of_time_each_source_is_scored_on_the_same_photos(
    folder: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(folder / "train.csv")
    table["day"] = [f"2024-01-{1 + row // 2:02d}" for row in range(len(table))]
    table.to_csv(tmp_path / "train.csv", index=False)
    content = config(folder, folds={"method": "time", "column": "day", "n": 3})
    content["data"]["train"] = str(tmp_path / "train.csv")
    board = fit(content, run_dir=tmp_path / "run").leaderboard.set_index("name")
    assert board.loc["columns alone", "photos"] == board.loc["stack", "photos"] < len(table)
    assert board.loc["columns alone", "rmse"] == pytest.approx(board.loc["columns.ridge", "rmse"])


def test_the_same_fit_has_the_same_files_and_another_value_other_fits(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    other = tmp_path / "data"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("run", "cache"))
    again = fit(config(other, cache_dir=str(tmp_path / "cache")), run_dir=tmp_path / "again")
    for file in ("oof.csv", "columns.json", "probe.npz", "members/columns.ridge/head.skops"):
        assert (again.folder / file).read_bytes() == (run.folder / file).read_bytes()
    table = pd.read_csv(other / "train.csv")
    table.loc[0, "rooms"] += 5
    table.to_csv(other / "train.csv", index=False)
    changed = fit(config(other, cache_dir=str(tmp_path / "cache")), run_dir=tmp_path / "changed")
    same = (changed.oof == again.oof).all()
    assert same["net.ridge"]
    assert not same["columns.ridge"]
    assert not same["net.ridge_columns"]


def test_a_run_is_held_against_its_probe_with_columns(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copied = tmp_path / "run"
    shutil.copytree(run.folder, copied)
    versions = json.loads((copied / "versions.json").read_text()) | {"scipy": "0.1"}
    text = json.dumps(versions)
    (copied / "versions.json").write_text(text)
    _restate(copied, "versions.json")
    assert open_run(copied).predictor.fitted.columns
    assert "its probe agrees" in caplog.text


def test_damaged_columns_are_refused(run: Run, tmp_path: Path) -> None:
    good = json.loads((run.folder / "columns.json").read_text())
    for number, (change, told) in enumerate(
        [
            (good[:1], "other columns than the config"),
            ([good[0] | {"kind": "text"}, good[1]], "of no known kind: 'text'"),
            ([good[0], good[1] | {"categories": []}], "the categories of kind are no labels"),
            ([good[0], good[1] | {"categories": ["a", "a"]}], "the categories of kind"),
            ({"a": 1}, "is not as a fit writes it"),
        ]
    ):
        copied = tmp_path / str(number)
        shutil.copytree(run.folder, copied)
        (copied / "columns.json").write_text(json.dumps(change))
        _restate(copied, "columns.json")
        with pytest.raises(InputError, match=told):
            _ = open_run(copied).predictor


def _restate(run: Path, file: str) -> None:
    """Let the manifest say what the file is."""
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["files"][file] = {
        "bytes": (run / file).stat().st_size,
        "sha256": hash_file(run / file),
    }
    (run / "manifest.json").write_text(json.dumps(manifest))


def test_an_estimator_says_that_it_takes_paths_alone(folder: Path) -> None:
    entry = config(folder)["backbones"][0]
    with pytest.raises(InputError, match="X holds paths of photos and no columns"):
        BackboneEnsemble([entry]).fit([str(folder / "images" / "00.png")] * 2, [1, 2])

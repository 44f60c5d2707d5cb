"""Items of several photos, from the tables to the submission."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from backbones.errors import InputError
from backbones.photos.digests import compute_digests
from ensemble import Run, fit, open_run
from ensemble.config.settings import ConfigError
from ensemble.heads import HeadSpec, build
from ensemble.photos.features import StoredFeatures
from ensemble.submit import main as submit_main
from tests.ensemble.itemised import draw_project, item_config
from tests.ensemble.project import read_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("items")
    draw_project(folder)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fit(item_config(folder), run_dir=folder / "run")


@pytest.fixture(scope="module")
def photos(folder: Path, run: Run) -> pd.DataFrame:
    """The rows of the table with the features of their photos and the fold of their item."""
    table = pd.read_csv(folder / "train.csv").sort_values("photo").reset_index(drop=True)
    paths = [folder / "images" / name for name in table["photo"]]
    (backbone,) = run.experiment.backbones
    config = run.config
    stored = StoredFeatures([backbone], config.cache, config.engine, paths, compute_digests(paths))
    with stored.open() as features:
        assert isinstance(features, np.ndarray)
        table["features"] = list(features)
    fold = pd.read_csv(run.files.path("folds.csv")).set_index("name")["fold"]
    return table.assign(fold=table["thing"].map(fold))


def out_of_fold(X: Any, y: Any, fold: Any) -> np.ndarray:
    """scikit-learn's own cross-validation of the head, over folds of items or of photos."""
    head: Any = build(HeadSpec(head="ridge"), seed=0)
    assert not isinstance(head, TransformedTargetRegressor)
    return cross_val_predict(clone(head), np.stack(X), y, cv=PredefinedSplit(fold))


def test_apart_is_the_mean_over_the_photos_of_what_scikit_learn_predicts(
    run: Run, photos: pd.DataFrame
) -> None:
    found = out_of_fold(photos["features"], photos["light"], photos["fold"])
    expected = pd.Series(found).groupby(photos["thing"].to_numpy()).mean()
    oof = run.oof.set_index("name")["small.ridge.apart"]
    np.testing.assert_allclose(oof[expected.index], expected, rtol=1e-6)


def test_together_is_what_scikit_learn_predicts_from_the_views_side_by_side(
    run: Run, photos: pd.DataFrame
) -> None:
    items = photos.groupby("thing").agg({"light": "first", "fold": "first"})
    rows = []
    for thing in items.index:
        own = photos[photos["thing"] == thing]
        sides = {side: np.mean(list(of["features"]), axis=0) for side, of in own.groupby("side")}
        mean = np.mean(list(own["features"]), axis=0)
        rows.append(np.hstack([sides.get(side, mean) for side in ("back", "front")]))
    oof = run.oof.set_index("name")["small.ridge.together"]
    found = out_of_fold(rows, items["light"], items["fold"])
    np.testing.assert_allclose(oof[items.index], found, rtol=1e-4)
    assert run.scores.scores["small.ridge.together"].rmse < 2
    assert run.scores.scores["small.ridge.apart"].rmse > 10


def test_without_views_together_is_from_the_mean_of_the_photos(
    folder: Path, photos: pd.DataFrame
) -> None:
    config = item_config(folder, views="together")
    del config["data"]["columns"]["view"]
    run = fit(config, run_dir=folder / "no-views")
    items = photos.groupby("thing").agg({"light": "first"})
    fold = pd.read_csv(run.files.path("folds.csv")).set_index("name")["fold"]
    means = [
        np.mean(list(photos[photos["thing"] == thing]["features"]), axis=0) for thing in items.index
    ]
    oof = run.oof.set_index("name")
    assert run.leaderboard.query("kind == 'member'")["name"].tolist() == ["small.ridge.together"]
    np.testing.assert_allclose(
        oof["small.ridge.together"][items.index],
        out_of_fold(means, items["light"], fold[items.index]),
        rtol=1e-4,
    )
    assert "views.json" not in run.files.files


def test_the_run_has_a_row_an_item_and_says_which_photos_are_of_which(
    folder: Path, run: Run
) -> None:
    table = pd.read_csv(folder / "train.csv")
    things = sorted(table["thing"].unique())
    assert run.oof.sort_values("name")["name"].tolist() == things
    assert pd.read_csv(run.files.path("folds.csv"))["name"].tolist() == things
    items = pd.read_csv(run.files.path("items.csv"))
    ours = table.rename(columns={"photo": "name", "thing": "item", "side": "view"})
    columns = ["item", "view", "name"]
    pd.testing.assert_frame_equal(
        items[columns], ours.sort_values(columns)[columns].reset_index(drop=True)
    )
    assert json.loads(run.files.path("views.json").read_text()) == ["back", "front"]
    assert run.metrics["items"] == len(things)
    assert run.metrics["photos"] == len(table)
    page = run.files.folder / "report.html"
    assert "24 items in 3 folds" in page.read_text()
    assert 'alt="Photo thing 0"' in page.read_text()
    assert "--test new.csv" in (run.files.folder / "MODEL_CARD.md").read_text()


def test_a_submission_has_a_row_an_item_and_its_predictions_are_good(
    folder: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit_main([str(run.folder), "--report"]) == 0
    assert "8 items to predict" in capsys.readouterr().out
    new = pd.read_csv(folder / "test.csv")
    submission = pd.read_csv(run.folder / "submission.csv")
    assert list(submission) == ["thing", "light"]
    assert submission["thing"].tolist() == new["thing"].drop_duplicates().tolist()
    light = new.groupby("thing")["light"].first()[submission["thing"]].to_numpy()
    assert np.abs(submission["light"].to_numpy() - light).max() < 3
    assert "8 new items" in (run.folder / "submission.html").read_text()
    predictions = pd.read_csv(run.folder / "predictions.csv")
    assert list(predictions)[:3] == ["thing", "small.ridge.apart", "small.ridge.together"]
    assert predictions["novelty"].between(0, 3).all()


def test_predictions_are_the_same_to_the_bit_alone_together_and_kept(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    new = pd.read_csv(folder / "test.csv").sort_values(["thing", "side", "photo"])
    paths = [folder / "images" / name for name in new["photo"]]
    every = run.predict(paths, items=new["thing"], views=new["side"])
    kept = run.predict(paths, items=new["thing"], views=new["side"], keep=True)
    pd.testing.assert_frame_equal(every, kept, check_exact=True)
    pd.testing.assert_frame_equal(
        kept, run.predict(paths, items=new["thing"], views=new["side"], keep=True), check_exact=True
    )
    for place, (thing, own) in enumerate(new.groupby("thing")):
        own_paths = [folder / "images" / name for name in own["photo"]]
        alone = open_run(run.folder).predict(own_paths, items=own["thing"], views=own["side"])
        pd.testing.assert_frame_equal(alone, every.iloc[[place]].reset_index(drop=True))
        assert alone["thing"].tolist() == [thing]


def test_a_second_fit_computes_nothing_and_writes_the_same_bytes(
    folder: Path, run: Run, computed: dict[str, int], tmp_path: Path
) -> None:
    again = fit(item_config(folder), run_dir=tmp_path / "again")
    assert computed == {"photos": 0, "fits": 0}
    assert read_files(again.folder) == {
        name: content
        for name, content in read_files(run.folder).items()
        if not name.startswith(("submission", "predictions"))
    }


def test_a_config_without_items_says_nothing_of_them_in_its_run(folder: Path, run: Run) -> None:
    config = item_config(folder)
    config["data"]["columns"] = {"name": "photo", "target": "light", "group": "thing"}
    plain = fit(config, run_dir=folder / "plain")
    text = plain.files.path("config.yaml").read_text()
    assert not {"item:", "view:", "views:"} & set(text.split())
    assert plain.leaderboard.query("kind == 'member'")["name"].tolist() == ["small.ridge"]
    assert {"item: thing", "view: side"} <= {
        line.strip() for line in run.files.path("config.yaml").read_text().splitlines()
    }
    with pytest.raises(InputError, match="photos are predicted, one by one"):
        plain.predict([folder / "images" / "new_00_0.png"], items=["a"])


def changed_table(folder: Path, tmp_path: Path, **columns: Any) -> dict[str, Any]:
    """The config with a table of its own, in which these columns were changed."""
    table = pd.read_csv(folder / "train.csv").sort_values("photo").assign(**columns)
    table.to_csv(tmp_path / "train.csv", index=False)
    config = item_config(folder)
    config["data"]["train"] = str(tmp_path / "train.csv")
    return config


def test_fits_are_made_again_where_photos_are_of_other_items_or_show_other_views(
    folder: Path, run: Run, computed: dict[str, int], tmp_path: Path
) -> None:
    table = pd.read_csv(folder / "train.csv").sort_values("photo")
    side = table["side"].mask(table["photo"] == "thing_00_0.png", "back")
    fit(changed_table(folder, tmp_path, side=side), run_dir=tmp_path / "views")
    assert computed == {"photos": 0, "fits": 7}  # of the one head that learns views together
    computed["fits"] = 0
    light = table.groupby("thing")["light"].first()
    thing = table["thing"].mask(table["photo"] == "thing_01_1.png", "thing 2")
    config = changed_table(folder, tmp_path, thing=thing, light=thing.map(light).to_numpy())
    fit(config, run_dir=tmp_path / "items")
    assert computed["fits"] > 5


def test_items_that_share_a_photo_and_those_of_a_group_are_in_one_fold(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = pd.read_csv(folder / "train.csv")
    images = tmp_path / "images"
    images.mkdir()
    for name in table["photo"]:
        (images / name).write_bytes((folder / "images" / name).read_bytes())
    for copy, original in (("05_0", "17_0"), ("05_1", "11_1"), ("04_1", "04_0")):
        (images / f"thing_{copy}.png").write_bytes((images / f"thing_{original}.png").read_bytes())
    street = table["thing"].where(~table["thing"].isin(["thing 2", "thing 17"]), "one street")
    table.assign(street=street).to_csv(tmp_path / "train.csv", index=False)
    config = item_config(folder, folds={"n": 4})
    config["data"] |= {"folder": str(tmp_path), "test": None}
    config["data"]["columns"]["group"] = "street"
    with caplog.at_level(logging.WARNING, "ensemble"):
        run = fit(config, run_dir=tmp_path / "run")
    fold = run.oof.set_index("name")["fold"]
    assert len(fold[["thing 5", "thing 17", "thing 11", "thing 2"]].unique()) == 1
    assert "2 photos are byte for byte as another: kept in one fold" in caplog.text
    copies = pd.read_csv(run.files.path("near_copies.csv"))
    assert set(copies["item"]) == {"thing 5", "thing 17", "thing 11"}
    assert list(copies)[:4] == ["group", "name", "item", "target"]


def test_bad_photos_leave_the_others_of_their_item_and_what_is_lost_is_listed(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    table = pd.read_csv(folder / "train.csv")
    new = pd.read_csv(folder / "test.csv")
    (tmp_path / "images").mkdir()
    for name in (*table["photo"], *new["photo"]):
        (tmp_path / "images" / name).write_bytes((folder / "images" / name).read_bytes())
    for name in ("thing_01_1", "thing_02_0", "thing_02_1", "new_01_0", "new_03_0"):
        (tmp_path / "images" / f"{name}.png").write_bytes(b"no photo")
    (tmp_path / "images" / "thing_04_0.png").unlink()
    config = item_config(folder)
    config["data"] |= {"folder": str(tmp_path), "on_bad_photo": "skip"}
    for name, rows in (("train.csv", table), ("test.csv", new)):
        rows.to_csv(tmp_path / name, index=False)
    with caplog.at_level(logging.WARNING, "ensemble"):
        run = fit(config, run_dir=tmp_path / "run")
    assert (
        "4 of 46 photos cannot be used: left out, and with them 1 item without any" in caplog.text
    )
    rejected = pd.read_csv(run.files.path("rejected.csv"))
    assert list(rejected) == ["photo", "thing", "reason", "left_out"]
    assert rejected[["photo", "thing", "left_out"]].to_numpy().tolist() == [
        ["thing_01_1.png", "thing 1", "photo"],
        ["thing_02_0.png", "thing 2", "item"],
        ["thing_02_1.png", "thing 2", "item"],
        ["thing_04_0.png", "thing 4", "photo"],
    ]
    assert len(run.oof) == 23
    assert "thing 2" not in run.oof["name"].tolist()
    assert "thing 1" in run.oof["name"].tolist()

    assert submit_main([str(run.folder)]) == 1
    assert "new_01_0.png" in capsys.readouterr().err
    assert submit_main([str(run.folder), "--on-bad-photo", "skip"]) == 0
    (only,) = new[new["thing"] == "new 3"]["photo"]
    assert only == "new_03_0.png"
    submission = pd.read_csv(run.folder / "submission.csv")
    assert len(submission) == 7
    assert "new 3" not in submission["thing"].tolist()
    assert submit_main([str(run.folder), "--on-bad-photo", "fill"]) == 0
    filled = pd.read_csv(run.folder / "predictions.csv").set_index("thing")
    assert filled.index[filled["filled"]].tolist() == ["new 3"]
    assert filled.loc["new 3", "stack"] == run.oof["target"].median()
    listed = pd.read_csv(run.folder / "submission-rejected.csv")
    assert listed[["photo", "left_out"]].to_numpy().tolist() == [
        ["new_01_0.png", "photo"],
        ["new_03_0.png", "item"],
    ]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("light", 1.5, r"thing 0: light is 1\.5 \(line 2\), \d"),
        ("thing", "", "thing is empty"),
        ("thing", " thing 0", "thing has blanks or invisible letters at its ends"),
        ("side", "", "side is empty"),
    ],
)
def test_a_table_that_does_not_say_what_is_of_what_is_refused(
    folder: Path, tmp_path: Path, column: str, value: Any, message: str
) -> None:
    table = pd.read_csv(folder / "train.csv").sort_values("photo").reset_index(drop=True)
    table[column] = table[column].astype(object)
    table.loc[0, column] = value
    config = changed_table(folder, tmp_path, **{column: table[column].to_numpy()})
    with pytest.raises(InputError, match=message):
        fit(config, run_dir=tmp_path / "run")


def test_new_photos_without_a_table_of_items_are_refused(
    folder: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit_main([str(run.folder), "--images", str(folder / "images")]) == 1
    message = "which photos show one thing; name a table, too: --test CSV, with the columns photo,"
    assert message in capsys.readouterr().err
    with pytest.raises(InputError, match="nothing says which photos are of one"):
        run.predict(folder / "images")
    with pytest.raises(InputError, match="items must have one for each photo, not 1 label for 2"):
        run.predict([folder / "images" / "new_00_0.png"] * 2, items=["a"])
    with pytest.raises(InputError, match="items must be given for every photo; missing for"):
        run.predict([folder / "images" / "new_00_0.png"], items=[None])
    new = pd.read_csv(folder / "test.csv")
    new.drop(columns="thing").to_csv(tmp_path / "new.csv", index=False)
    assert submit_main([str(run.folder), "--test", str(tmp_path / "new.csv")]) == 1
    assert "lacks columns (data.columns names them):\n  - 'thing'" in capsys.readouterr().err
    new.loc[1, "light"] = 7.0
    new.loc[1, "thing"] = new.loc[0, "thing"]
    new.to_csv(tmp_path / "new.csv", index=False)
    assert submit_main([str(run.folder), "--test", str(tmp_path / "new.csv")]) == 1
    assert "must agree in what is said of it" in capsys.readouterr().err


def test_a_view_that_the_fit_has_not_seen_stands_in_for_missing_ones(
    folder: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / "images" / "new_00_0.png"
    known = run.predict([path], items=["a"], views=["front"])
    assert caplog.messages == []
    with caplog.at_level(logging.WARNING, "ensemble"):
        other = run.predict([path], items=["a"], views=["from above"])
    assert caplog.messages == [
        "views that the fit has not seen, so that their photos only stand in for missing ones: "
        "from above (1 photo); it knows back, front"
    ]
    bare = run.predict([path], items=["a"])
    column = "small.ridge.together"
    assert known[column].tolist() == other[column].tolist() == bare[column].tolist()


def test_a_sample_asks_for_items(folder: Path, run: Run, tmp_path: Path, capsys: Any) -> None:
    new = pd.read_csv(folder / "test.csv")
    sample = new[["thing"]].drop_duplicates().assign(light=0)
    sample.to_csv(folder / "sample.csv", index=False)
    config = item_config(folder)
    config["data"]["sample_submission"] = "sample.csv"
    sampled = fit(config, run_dir=tmp_path / "run")
    assert submit_main([str(sampled.folder)]) == 0
    sample.iloc[1:].to_csv(folder / "sample.csv", index=False)
    assert submit_main([str(sampled.folder)]) == 1
    assert "of test.csv is missing" in capsys.readouterr().err


def test_a_quick_trial_draws_items(folder: Path, tmp_path: Path) -> None:
    config = item_config(folder, views="apart", stack="mean")
    config["data"]["limit"] = 7
    run = fit(config, run_dir=tmp_path / "run")
    table = pd.read_csv(folder / "train.csv")
    assert len(run.oof) == 7
    items = pd.read_csv(run.files.path("items.csv"))
    assert len(items) == table["thing"].isin(run.oof["name"]).sum()


def test_weights_folds_and_groups_are_those_of_items(folder: Path, tmp_path: Path) -> None:
    table = pd.read_csv(folder / "train.csv").sort_values("photo")
    number = table["thing"].str.split().str[1].astype(int)
    config = changed_table(folder, tmp_path, part=number % 3, w=1 + number % 2)
    config["data"]["columns"]["weight"] = "w"
    config["folds"] = {"method": "column", "column": "part", "near_copies": "ignored"}
    run = fit(config, run_dir=tmp_path / "run")
    fold = run.oof.set_index("name")["fold"]
    assert {int(name.split()[1]) % 3 == of for name, of in fold.items()} == {True}
    changed_table(folder, tmp_path, part=np.arange(len(table)) % 3, w=1)
    with pytest.raises(InputError, match=r"thing 1: part is '\d' \(line \d\), '\d' \(line \d\)"):
        fit(config, run_dir=tmp_path / "torn")


def test_in_the_order_of_time_an_item_is_as_late_as_its_last_photo(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = pd.read_csv(folder / "train.csv").sort_values("photo")
    number = table["thing"].str.split().str[1].astype(int)
    year = 2000 + number.where(table["photo"] != "thing_01_0.png", 90)
    config = changed_table(folder, tmp_path, year=year)
    config["folds"] = {"method": "time", "column": "year", "n": 3}
    with caplog.at_level(logging.WARNING, "ensemble"):
        run = fit(config, run_dir=tmp_path / "run")
    folds = pd.read_csv(run.files.path("folds.csv")).set_index("name")["fold"]
    late = [f"thing {one}" for one in (1, 19, 20, 21, 22, 23)]
    assert sorted(folds.index[folds == 3]) == sorted(late)
    assert run.metrics["items"] == 24
    assert [one["photos"] for one in run.metrics["blocks"]] == [6, 6, 6, 6]
    assert "24 items of 2000 to 2090" in (run.folder / "report.html").read_text()
    assert not [one for one in caplog.messages if "earlier" in one]


def test_too_few_items_for_the_folds_are_counted_as_items(folder: Path, tmp_path: Path) -> None:
    config = item_config(folder, folds={"n": 30, "near_copies": "ignored"})
    with pytest.raises(InputError, match="30 folds need as many items, not 24 items"):
        fit(config, run_dir=tmp_path / "run")


def test_a_density_head_on_items_is_a_mistake_of_the_config(folder: Path, tmp_path: Path) -> None:
    config = item_config(folder)
    config["backbones"][0] |= {"pooling": "none", "heads": ["density"]}
    with pytest.raises(ConfigError, match=r"small\.density learn where objects are in single"):
        fit(config, run_dir=tmp_path / "run")

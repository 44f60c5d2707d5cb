"""Items of several photos with columns of the table beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble import Run, fit, open_run
from ensemble.submit import main as submit_main
from tests.ensemble.itemised import draw_project, item_config


def beside(table: pd.DataFrame) -> pd.DataFrame:
    """The table with columns: one that the target hangs on, and labels."""
    number = table["thing"].str.split().str[1].astype(int)
    label = number.map(lambda one: "ab"[one % 2])
    height = (3.0 * number).where(number % 5 > 0)
    return table.assign(height=height, label=label, light=table["light"] + number.clip(upper=9))


def config(folder: Path) -> dict[str, Any]:
    made = item_config(folder)
    made["data"]["columns"]["features"] = ["height", "label"]
    made["backbones"][0]["heads"] = ["ridge", {"head": "ridge", "name": "both", "columns": True}]
    return made | {"tabular": {"heads": ["ridge"]}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("items_with_columns")
    draw_project(folder)
    for name in ("train.csv", "test.csv"):
        beside(pd.read_csv(folder / name)).to_csv(folder / name, index=False)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fit(config(folder), run_dir=folder / "run")


def test_heads_take_the_columns_of_the_item_in_either_way(run: Run) -> None:
    members = [one.name for one in run.experiment.members]
    assert members == [
        "small.ridge.apart",
        "small.ridge.together",
        "small.both.apart",
        "small.both.together",
        "columns.ridge",
    ]
    errors = {name: one.rmse for name, one in run.scores.scores.items()}
    assert errors["small.both.together"] < errors["small.ridge.together"]
    assert errors["columns.ridge"] != errors["small.both.apart"]
    assert {"columns alone", "photos alone"} <= set(errors)
    assert len(run.oof) == 24


def test_a_submission_is_the_same_as_what_python_predicts_one_item_at_a_time(
    folder: Path, run: Run
) -> None:
    assert submit_main([str(run.folder)]) == 0
    written = pd.read_csv(run.folder / "predictions.csv").set_index("thing")
    new = pd.read_csv(folder / "test.csv").sort_values(["thing", "side", "photo"])
    warm = open_run(run.folder)
    for thing, own in new.groupby("thing"):
        paths = [folder / "images" / name for name in own["photo"]]
        sides = {"items": own["thing"], "views": own["side"]}
        alone = warm.predict(paths, **sides, columns=own[["height", "label"]]).set_index("thing")
        pd.testing.assert_frame_equal(alone, written.loc[[thing]], check_exact=True)


def test_rows_of_an_item_must_agree_in_its_columns(folder: Path, run: Run, tmp_path: Path) -> None:
    table = pd.read_csv(folder / "train.csv").sort_values("photo").reset_index(drop=True)
    table.loc[0, "label"], table.loc[3, "height"] = "b", np.nan
    table.to_csv(tmp_path / "train.csv", index=False)
    changed = config(folder)
    changed["data"]["train"] = str(tmp_path / "train.csv")
    with pytest.raises(InputError) as caught:
        fit(changed, run_dir=tmp_path / "run")
    assert caught.value.mistakes == [
        "thing 1: height is '3' (line 4), '' (line 5)",
        "thing 0: label is 'b' (line 2), 'a' (line 3)",
    ]
    new = pd.read_csv(folder / "test.csv")
    paths = [folder / "images" / name for name in new["photo"]]
    cells = {"height": np.arange(len(new)), "label": new["label"]}
    with pytest.raises(InputError, match="must agree in what is said of it"):
        run.predict(paths, items=new["thing"], views=new["side"], columns=cells)


def test_items_may_be_predicted_from_their_columns_alone(folder: Path, tmp_path: Path) -> None:
    alone = config(folder) | {"backbones": []}
    run = fit(alone, run_dir=tmp_path / "run")
    assert [one.name for one in run.experiment.members] == ["columns.ridge"]
    assert submit_main([str(run.folder)]) == 0
    assert len(pd.read_csv(run.folder / "submission.csv")) == 8

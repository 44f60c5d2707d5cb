"""A run of several targets, opened."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble import Run, open_run
from ensemble.run import TargetsRun
from tests.ensemble.redness import LIGHT, RED, TARGETS

OWN = ["small.ridge", "small.svr", "stack", "lower", "upper"]


def test_it_predicts_what_the_runs_of_the_targets_predict(run: TargetsRun, two: Path) -> None:
    table = run.predict(two / "images")
    named = [f"{target}.{column}" for target in TARGETS for column in OWN]
    assert list(table) == ["photo", *named, "novelty"]
    for target, one in run.targets.items():
        alone = one.predict(two / "images")
        own = table[["photo", *(f"{target}.{column}" for column in OWN), "novelty"]]
        pd.testing.assert_frame_equal(own.set_axis(alone.columns, axis=1), alone)
    pd.testing.assert_frame_equal(run.predict(two / "images", keep=True), table)


def test_each_target_is_a_run(run: TargetsRun, two: Path) -> None:
    assert list(run.targets) == TARGETS
    folder = two / "run" / "targets" / "red"
    assert run.targets[RED].folder == folder
    alone = open_run(folder)
    assert not isinstance(alone, TargetsRun)
    assert alone.targets == {RED: alone}
    pd.testing.assert_frame_equal(alone.oof, run.targets[RED].oof)
    board = run.leaderboard
    assert board["target"].unique().tolist() == TARGETS
    pd.testing.assert_frame_equal(
        board[board["target"] == LIGHT].drop(columns="target"), run.targets[LIGHT].leaderboard
    )
    written = pd.read_csv(two / "run" / "leaderboard.csv")
    pd.testing.assert_frame_equal(written, board)


@pytest.mark.parametrize("attribute", ["oof", "scores", "metrics"])
def test_what_each_target_has_of_its_own_is_not_there_for_all(run: Run, attribute: str) -> None:
    told = rf"has several targets, each with its own {attribute}: run\.targets\['light'\]\."
    with pytest.raises(InputError, match=told):
        getattr(run, attribute)


def test_photos_that_cannot_be_used_have_the_median_of_each_target(
    run: TargetsRun, two: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "torn.png").write_bytes(b"no photo")
    photos = [two / "images" / "00.png", tmp_path / "torn.png"]
    table = run.predict(photos, on_bad_photo="fill")
    for target, one in run.targets.items():
        assert table[f"{target}.stack"][1] == one.oof["target"].median()
        assert table[f"{target}.lower"].isna().tolist() == [False, True]
    assert table["filled"].tolist() == [False, True]
    assert caplog.text.count("torn.png") == 1
    assert "as the median target, light " in caplog.text
    assert len(run.predict(photos, on_bad_photo="skip")) == 1


def test_notebooks_show_every_leaderboard(run: TargetsRun) -> None:
    shown = run._repr_html_()
    assert shown.count("<table>") == 2
    assert "<h4>red [%]</h4>" in shown

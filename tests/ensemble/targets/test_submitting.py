"""Submissions of several targets, and packs that make them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from ensemble.pack import main as pack_main
from ensemble.report.predicted import Predicted
from ensemble.submit import main as submit_main
from tests.ensemble.redness import LIGHT, RED, TARGETS


@pytest.fixture
def here(two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return two


def test_a_column_a_target_and_a_score_each(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(here / "run")
    assert submit_main([run, "--out", "s.csv", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    rows, test = pd.read_csv("s.csv"), pd.read_csv(here / "test.csv")
    assert list(rows) == ["photo", *TARGETS]
    details = pd.read_csv("predictions.csv")
    for target in TARGETS:
        pd.testing.assert_series_equal(rows[target], details[f"{target}.stack"], check_names=False)
        error = ((rows[target] - test[target]) ** 2).mean() ** 0.5
        assert content["scores"][target]["rmse"] == pytest.approx(error)
        assert error < test[target].std() / 2
    assert submit_main([run, "--out", "s.csv"]) == 0
    out = capsys.readouterr().out
    assert "light: score on 6 photos: RMSE" in out
    assert "red [%]: score on 6 photos: RMSE" in out
    assert submit_main([f"{run}/targets/red", "--out", "red.csv"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv("red.csv"), rows[["photo", RED]])


def test_only_targets_that_the_table_has_are_scored(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pd.read_csv(here / "test.csv").drop(columns=RED).to_csv("test.csv", index=False)
    arguments = [str(here / "run"), "--test", "test.csv", "--images", str(here / "images")]
    assert submit_main([*arguments, "--out", "s.csv", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert scores[LIGHT]["photos"] == 6
    assert scores[RED] is None


def test_a_page_a_target(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(here / "run"), "--out", "s.csv", "--report"]
    Path("s-red.html").write_text("mine")
    assert submit_main(arguments) == 1
    assert "s-red.html is there" in capsys.readouterr().err
    assert not Path("s.csv").exists()
    Path("s-red.html").unlink()
    Path("s.html").write_text("mine")  # which is not written
    assert submit_main([*arguments, "--json"]) == 0
    paths = json.loads(capsys.readouterr().out)["paths"]
    assert paths["report_light"].endswith("s-light.html")
    assert RED in Path(paths["report_red [%]"]).read_text()
    assert Path("s.html").read_text() == "mine"


def test_the_checks_of_photos_run_once_a_target(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def check(new: Predicted) -> None:
        looked.append(new.unit)

    monkeypatch.setattr("ensemble.report.outlook.NEW_CHECKS", [check])
    assert submit_main([str(here / "run"), "--out", "s.csv", "--report"]) == 0
    assert looked == TARGETS
    assert submit_main([str(here / "run/targets/red"), "--out", "red.csv", "--report"]) == 0
    assert looked == [*TARGETS, RED]


def test_the_sample_has_a_column_a_target(
    here: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from ensemble import fit
    from tests.ensemble.redness import config

    sample = tmp_path / "sample.csv"
    test = pd.read_csv(here / "test.csv")[[RED, "photo", LIGHT]]
    test.to_csv(sample, index=False)
    fit(config(here, sample_submission=str(sample)), run_dir="run")
    assert submit_main(["run"]) == 0
    assert list(pd.read_csv("run/submission.csv")) == [RED, "photo", LIGHT]
    test.assign(more=1).to_csv(sample, index=False)
    assert submit_main(["run"]) == 1
    assert "only photo, light and red [%] can be filled" in capsys.readouterr().err


def test_bad_photos_are_left_out_or_filled_in_every_column(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pd.read_csv(here / "test.csv")
    rows.loc[2, "photo"] = "gone.png"
    rows.to_csv("test.csv", index=False)
    arguments = [str(here / "run"), "--test", "test.csv", "--out", "s.csv"]
    assert submit_main(arguments) == 1
    for way, count in (("skip", 5), ("fill", 6)):
        assert submit_main([*arguments, "--on-bad-photo", way]) == 0
        written = pd.read_csv("s.csv")
        assert len(written) == count
        assert written.notna().all(axis=None)
        assert pd.read_csv("rejected.csv")["photo"].tolist() == ["gone.png"]
    out = capsys.readouterr().out
    assert out.count("score on 5 photos") == 4
    assert "red [%]: score on 5 photos, without those that were filled (1)" in out


def test_files_of_every_target_are_safe(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in ("targets.json", "targets/light/oof.csv"):
        path = here / "run" / file
        before = path.read_bytes()
        assert submit_main([str(here / "run"), "--out", str(path), "--force"]) == 1
        assert "is a file of the run" in capsys.readouterr().err
        assert path.read_bytes() == before


def test_where_a_number_lies_is_told_of_one_target(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit_main([str(here / "run"), "--out", "s.csv", "--points"]) == 1
    assert f"python -m ensemble.submit {here}/run/targets/red" in capsys.readouterr().err
    assert not Path("s.csv").exists()


def test_a_pack_holds_all_targets(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert pack_main([str(here / "run"), "two.pack"]) == 0
    assert submit_main([str(here / "run"), "--out", "here.csv"]) == 0
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "elsewhere"))
    (tmp_path / "there").mkdir()
    images = ["--test", str(here / "test.csv"), "--images", str(here / "images")]
    assert submit_main(["two.pack", *images, "--out", "there/s.csv"]) == 0
    # Features at hand may come of other batches, whose sums end in other digits.
    for there, own in (("there/s.csv", "here.csv"), ("there/predictions.csv", "predictions.csv")):
        pd.testing.assert_frame_equal(pd.read_csv(there), pd.read_csv(own), rtol=1e-5)

"""Pages of several targets, and comparisons of their runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ensemble import compare, fit
from ensemble.compare import main as compare_main
from ensemble.report.__main__ import main as report_main
from tests.ensemble.redness import LIGHT, TARGETS, config


def test_the_page_leads_to_that_of_each_target(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(two / "run", tmp_path / "run")
    page = (copy / "report.html").read_text()
    for place in ("light", "red"):
        assert f'<a href="targets/{place}/report.html">' in page
        assert (copy / "targets" / place / "report.html").is_file()
    assert list(json.loads((copy / "report.json").read_text())["targets"]) == TARGETS
    for file in ("report.html", "targets/red/report.html"):
        (copy / file).unlink()
    assert report_main([str(copy)]) == 0
    assert (copy / "report.html").read_text() == page
    assert (copy / "targets/red/report.html").is_file()
    assert report_main([str(copy), "--out", str(tmp_path / "page.html")]) == 1
    assert f"python -m ensemble.report {copy}/targets/red" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("metric", "folds", "constant"),
    [
        ("rmse", {"n": 3}, "the mean target of the other folds"),
        ("mape", {"n": 3}, "the number of least MAPE on the other folds"),
        ("mae", {"method": "time", "column": "day", "n": 3}, "the median target of the earlier"),
    ],
)
def test_the_page_says_what_the_constant_is(
    two: Path, tmp_path: Path, metric: str, folds: dict[str, Any], constant: str
) -> None:
    table = pd.read_csv(two / "train.csv")
    table.assign(day=range(len(table))).to_csv(tmp_path / "train.csv", index=False)
    changed = {"score": {"metric": metric}, "folds": folds, "stack": "mean"}
    fit(config(two, train=str(tmp_path / "train.csv")) | changed, run_dir=tmp_path / "run")
    page = (tmp_path / "run" / "report.html").read_text()
    assert f"<em>constant</em> {constant}" in page
    assert page.count("<em>constant</em>") == 1
    assert "<em>alone</em>" not in page
    alone = (tmp_path / "run" / "targets" / "red" / "report.html").read_text()
    assert f"<em>constant</em> {constant}" in alone


def test_a_page_that_somebody_has_worked_on_stays(two: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(two / "run", tmp_path / "run")
    (copy / "report.html").write_text("mine")
    assert report_main([str(copy)]) == 1
    assert (copy / "report.html").read_text() == "mine"
    assert report_main([str(copy), "--force"]) == 0
    assert (copy / "report.html").read_text() != "mine"


def test_runs_of_the_same_targets_are_compared_target_by_target(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, other, alone = str(two / "run"), str(tmp_path / "mean"), str(tmp_path / "alone")
    fit(config(two) | {"stack": "mean"}, run_dir=other)
    page = tmp_path / "page.html"
    assert compare_main([run, other, "--out", str(page), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)["targets"]
    places = {LIGHT: "light", TARGETS[1]: "red"}
    for target, place in places.items():
        found = compare([f"{run}/targets/{place}", f"{other}/targets/{place}"])
        assert content[target]["runs"][1]["rmse"] == found.table()["rmse"][1]
        assert (tmp_path / f"page-{place}.html").is_file()
    fit(config(two, LIGHT), run_dir=alone)
    capsys.readouterr()
    assert compare_main([run, alone]) == 1
    assert f"  - {run}/targets/light" in capsys.readouterr().err
    assert compare_main([f"{run}/targets/light", alone]) == 0

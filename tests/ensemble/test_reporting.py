"""The report of a run: written by a fit, and again by a command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ensemble.__main__ import main as ensemble_main
from ensemble.fit import main as fit_main
from ensemble.report.__main__ import main as report_main

RUN = Path("runs/small")


def test_a_fit_writes_a_report_and_a_command_writes_the_same_again(warm_project: Path) -> None:
    assert fit_main(["small.yaml"]) == 0
    page, data = (RUN / "report.html").read_bytes(), (RUN / "report.json").read_bytes()
    content = json.loads(data)
    assert content["times"] == []  # all was at hand
    assert content["sentence"].startswith("3 members on 2 frozen networks (tiny, other)")
    assert page.count(b"<img") >= 39  # of 40 photos, 13 in each row
    (RUN / "report.html").unlink()
    assert report_main([str(RUN)]) == 0
    assert (RUN / "report.html").read_bytes() == page
    assert (RUN / "report.json").read_bytes() == data
    assert ensemble_main(["report", "--out", "elsewhere.html"]) == 0
    assert Path("elsewhere.html").read_bytes() == page


def test_a_fit_that_changes_nothing_writes_a_page_that_is_gone(warm_project: Path) -> None:
    fit_main(["small.yaml"])
    (RUN / "report.html").unlink()
    assert fit_main(["small.yaml"]) == 0
    assert (RUN / "report.html").is_file()


def test_a_page_that_was_edited_stays(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml"])
    (RUN / "report.html").write_text("my own words")
    assert fit_main(["small.yaml", "--set", "stack=mean"]) == 0
    assert "the report is not written" in capsys.readouterr().out
    assert report_main([str(RUN)]) == 1
    assert "--force" in capsys.readouterr().err
    assert (RUN / "report.html").read_text() == "my own words"
    assert report_main([str(RUN), "--force"]) == 0
    assert "<!doctype html>" in (RUN / "report.html").read_text()


def test_a_file_of_the_run_is_never_written_over(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml"])
    assert report_main([str(RUN), "--out", str(RUN / "metrics.json"), "--force"]) == 1
    assert "a file of the run" in capsys.readouterr().err
    assert report_main([str(RUN), "--out", str(RUN / "metrics.html"), "--force"]) == 1


def test_a_report_is_written_where_the_photos_are_gone(warm_project: Path) -> None:
    fit_main(["small.yaml"])
    shutil.rmtree("data")
    assert report_main([str(RUN)]) == 0
    assert "not at hand" in (RUN / "report.html").read_text()


def test_no_run_is_said_in_a_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_main([]) == 1
    assert "there is no complete run" in capsys.readouterr().err
    assert report_main(["nowhere"]) == 1
    assert "nowhere holds no complete run" in capsys.readouterr().err


def test_a_table_that_is_none_is_named(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml"])
    manifest = json.loads((RUN / "manifest.json").read_text())
    del manifest["files"]["oof.csv"]
    (RUN / "manifest.json").write_text(json.dumps(manifest))
    (RUN / "oof.csv").write_text("no,table\n1,2\n")
    assert report_main([str(RUN)]) == 1
    assert "oof.csv is not as a fit writes it" in capsys.readouterr().err

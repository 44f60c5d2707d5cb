"""Fits that fail, and what they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from ensemble.fit import main as fit_main
from tests.ensemble.project import read_files

FAILURES = [
    (["none.yaml"], 2, "there is no config none.yaml"),
    (["small.yaml", "--set", "folds.n"], 2, "--set takes KEY=VALUE"),
    (["small.yaml", "--set", "folds.m=3"], 2, "folds.m: unknown key"),
    (["small.yaml", "--set", "folds.n=50"], 1, "folds.n: 50 folds need as many photos"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), FAILURES)
def test_it_fails_with_a_code_and_a_message_and_no_traceback(
    warm_project: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    assert fit_main(arguments) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_bad_photos_are_all_named_and_the_run_before_stays(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml"])
    before = read_files(warm_project / "runs" / "small")
    for name in ("train_0003.jpg", "train_0030.jpg"):
        (warm_project / "data" / "images" / name).write_bytes(b"no photo")
    assert fit_main(["small.yaml"]) == 1
    error = capsys.readouterr().err
    assert "train_0003.jpg" in error
    assert "train_0030.jpg" in error
    assert read_files(warm_project / "runs" / "small") == before


def test_a_folder_of_somebody_elses_files_is_refused(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit_main(["small.yaml", "--run-dir", "."]) == 1
    assert "--run-dir: . holds files that are not of a run" in capsys.readouterr().err
    assert fit_main(["small.yaml", "--run-dir", "small.yaml"]) == 1
    assert "small.yaml is a file; name a folder" in capsys.readouterr().err
    assert fit_main(["small.yaml", "--run-dir", "small.yaml/run"]) == 1
    assert "small.yaml is a file; name another place" in capsys.readouterr().err

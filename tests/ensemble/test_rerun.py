"""What a second fit computes again, and what it writes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import ensemble
from backbones.photos import digests
from ensemble.fit import main as fit_main
from ensemble.runs import record
from ensemble.stacking import fits
from tests.ensemble.project import read_files


def test_the_second_time_nothing_is_computed_and_the_files_are_the_same(
    project: Path, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml"])
    assert "at hand" not in capsys.readouterr().out
    before = read_files(project / "runs" / "small")
    computed.update(photos=0, fits=0)
    assert fit_main(["small.yaml"]) == 0
    assert computed == {"photos": 0, "fits": 0}
    assert read_files(project / "runs" / "small") == before
    assert "runs/small: nothing has changed since it was fitted\n" in capsys.readouterr().out
    fit_main(["small.yaml", "--set", "stack=mean"])
    assert computed == {"photos": 0, "fits": 0}
    assert "at hand: features of tiny, other; 12 of 12 fits of heads\n" in capsys.readouterr().out
    fit_main(["small.yaml", "--set", "backbones.other.pooling=max"])
    assert computed == {"photos": 41, "fits": 7}  # with the probe
    said = capsys.readouterr().out
    assert "at hand: features of tiny; 14 of 21 fits of heads\n" in said
    assert re.search(r"^other: 41 photos in .*\nother\.ridge: 7 fits in ", said, re.M)


def printed_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed, without warnings and the lines that report progress."""
    progress = re.compile(
        r"  \w+: \d+ x |[\w.]+: \d+ \w+s? in |at hand: |.*: nothing has changed|WARNING"
    )
    return [line for line in capsys.readouterr().out.splitlines() if not progress.match(line)]


def test_an_unchanged_run_is_shown_again_and_a_touched_one_is_made_again(
    warm_project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    plain = record.draw_leaderboard
    monkeypatch.setattr(
        record, "draw_leaderboard", lambda *arguments: drawn.append("") or plain(*arguments)
    )
    fit_main(["small.yaml"])
    run = warm_project / "runs" / "small"
    before, printed = read_files(run), printed_lines(capsys)
    assert len(drawn) == 1
    assert fit_main(["small.yaml"]) == 0
    assert (len(drawn), printed_lines(capsys)) == (1, printed)

    (run / "oof.csv").write_text("mine")
    (run / "members" / "tiny.svr" / "head.skops").unlink()
    assert fit_main(["small.yaml"]) == 0
    assert (len(drawn), printed_lines(capsys)) == (2, printed)
    assert read_files(run) == {**before, "oof.csv.edited": b"mine"}

    table = warm_project / "data" / "train.csv"
    rows = pd.read_csv(table)
    rows.loc[0, "faces"] += 1
    rows.to_csv(table, index=False)
    assert fit_main(["small.yaml"]) == 0
    assert len(drawn) == 3
    assert printed_lines(capsys) != printed


@pytest.mark.slow
def test_a_run_from_scratch_has_the_same_bytes(project: Path) -> None:
    fit_main(["small.yaml", "--run-dir", "first"])
    code = "import sys; from ensemble.fit import main; sys.exit(main(sys.argv[1:]))"
    settings = ["--set", f"cache_dir={project}/other"]
    command = [sys.executable, "-c", code, "small.yaml", "--run-dir", "second", *settings]
    source = Path(ensemble.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    first, second = read_files(project / "first"), read_files(project / "second")
    for name in ("config.yaml", "manifest.json"):  # they hold the path of the cache
        del first[name], second[name]
    assert first == second


@pytest.mark.slow
def test_a_photo_that_changed_behind_its_date_is_found_out_and_read_again(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_path_alone = lambda path, _: hashlib.sha256(bytes(path)).digest()  # noqa: E731
    monkeypatch.setattr(digests, "_state", by_path_alone)
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    images = project / "data" / "images"
    (images / "train_0003.jpg").write_bytes((images / "test_0000.jpg").read_bytes())
    command = ["small.yaml", "--set", "backbones.other.pooling=max"]
    assert fit_main(command) == 1
    assert "train_0003.jpg: it changed since this run began; run again" in capsys.readouterr().err
    assert fit_main(command) == 0


def test_ctrl_c_says_how_to_go_on(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fits, "_fit", interrupted)
    assert fit_main(["small.yaml"]) == 130
    error = capsys.readouterr().err
    assert "stopped; what was computed is kept, and the same command goes on" in error

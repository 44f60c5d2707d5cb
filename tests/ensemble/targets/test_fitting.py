"""Several targets in one fit: what is computed, what lies there, what is refused."""

from __future__ import annotations

import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble import fit, open_run, training
from ensemble.fit import main as fit_main
from ensemble.run import TargetsRun
from tests.ensemble.project import read_files
from tests.ensemble.redness import LIGHT, RED, TARGETS, config


def test_each_target_has_the_run_of_a_fit_of_its_own(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))  # nothing is shared
    for target, place in ((LIGHT, "light"), (RED, "red")):
        fit(config(two, target), run_dir=tmp_path / place)
        assert read_files(two / "run" / "targets" / place) == read_files(tmp_path / place)


def test_each_target_has_its_own_limits(two: Path, tmp_path: Path) -> None:
    settings = [f"data.minimum.{LIGHT}=0", f"score.set_aside_above={{'{RED}': 45}}", "stack=mean"]
    run = fit(config(two, maximum={RED: 200}), settings, run_dir=tmp_path / "run")
    light, red = (one.config for one in run.targets.values())
    assert (light.data.minimum, light.data.maximum, light.score.only_above) == (0, None, None)
    assert (red.data.minimum, red.data.maximum, red.score.only_above) == (None, 200, 45)
    scored = {target: one.scores.stack for target, one in run.targets.items()}
    assert scored[LIGHT].photos == 24
    assert scored[RED].photos == (run.targets[RED].oof["target"] <= 45).sum() < 24
    alone = config(two, RED, maximum=200) | {"score": {"set_aside_above": 45}, "stack": "mean"}
    fit(alone, run_dir=tmp_path / "red")
    assert read_files(tmp_path / "run/targets/red") == read_files(tmp_path / "red")
    again = open_run(tmp_path / "run")
    assert again.config.data.maximum == {RED: 200}
    assert again.targets[RED].config.data.limits == (-np.inf, 200)


def test_limits_that_no_photo_has_are_of_their_target(
    two: Path, tmp_path: Path, computed: dict[str, int]
) -> None:
    with pytest.raises(InputError) as caught:
        fit(config(two, minimum={RED: 45}), run_dir=tmp_path / "run")
    assert "train.csv: red [%] must lie from data.minimum 45 to" in str(caught.value)
    aside = {"score": {"set_aside_above": {LIGHT: 1}}}
    with pytest.raises(InputError, match=r"target, light: score\.set_aside_above: no photo has"):
        fit(config(two) | aside, run_dir=tmp_path / "run")
    assert computed == {"photos": 0, "fits": 0}
    assert not (tmp_path / "run").exists()


def test_photos_go_through_the_networks_once(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, computed: dict[str, int]
) -> None:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    fit(config(two), run_dir=tmp_path / "run")
    assert computed == {"photos": 24 + 1, "fits": 2 * 14}  # with the probe
    run = open_run(tmp_path / "run")
    computed.update(photos=0)
    run.predict(two / "images")
    assert computed["photos"] == 30


def test_an_unchanged_run_is_only_opened(
    two: Path, tmp_path: Path, computed: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    copy = shutil.copytree(two / "run", tmp_path / "run")
    before = read_files(copy)
    with caplog.at_level(logging.INFO, "ensemble"):
        fit(config(two), run_dir=copy)
    assert computed == {"photos": 0, "fits": 0}
    assert read_files(copy) == before
    assert caplog.text.count("nothing has changed since it was fitted") == 2
    assert "target red [%], 2 of 2" in caplog.text


def test_a_fit_that_was_ended_goes_on_with_the_target_it_was_at(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun = []

    def stop(*arguments: Any, **options: Any) -> Any:
        begun.append(arguments)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return _train(*arguments, **options)

    _train = training._train
    with monkeypatch.context() as patch:
        patch.setattr(training, "_train", stop)
        with pytest.raises(KeyboardInterrupt):
            fit(config(two), run_dir=tmp_path / "run")
    with pytest.raises(InputError, match="holds no complete run"):
        open_run(tmp_path / "run")
    with caplog.at_level(logging.INFO, "ensemble"):
        fit(config(two), run_dir=tmp_path / "run")
    assert re.findall(r"targets/(\w+): nothing has changed", caplog.text) == ["light"]
    assert read_files(tmp_path / "run") == read_files(two / "run")


def test_a_run_of_one_target_becomes_one_of_several_and_back(
    two: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fit(config(two, LIGHT), run_dir=tmp_path)
    single = read_files(tmp_path)
    fit(config(two), run_dir=tmp_path)
    assert isinstance(open_run(tmp_path), TargetsRun)
    assert not (tmp_path / "oof.csv").exists()
    assert not (tmp_path / "MODEL_CARD.md").exists()
    fit(config(two, LIGHT), run_dir=tmp_path)
    assert "no part of this run any more: targets/light, targets/red; delete" in caplog.text
    shutil.rmtree(tmp_path / "targets")
    assert read_files(tmp_path) == single


def test_what_was_edited_is_kept_beside(
    two: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy = shutil.copytree(two / "run", tmp_path / "run")
    for file in ("leaderboard.csv", "targets/red/leaderboard.csv"):
        (copy / file).write_text("my notes\n")
    with pytest.raises(InputError, match="run is not as the fit left it"):
        open_run(copy)
    fit(config(two), run_dir=copy)
    for file in ("leaderboard.csv", "targets/red/leaderboard.csv"):
        assert (copy / f"{file}.edited").read_text() == "my notes\n"
        (copy / f"{file}.edited").unlink()
    assert read_files(copy) == read_files(two / "run")


def test_files_of_somebody_else_are_not_written_over(two: Path, tmp_path: Path) -> None:
    fit(config(two, LIGHT), run_dir=tmp_path)
    (tmp_path / "targets.json").write_text("mine")
    with pytest.raises(InputError, match=r"targets\.json is a file of somebody else"):
        fit(config(two), run_dir=tmp_path)
    (tmp_path / "targets.json").unlink()
    (tmp_path / "targets" / "red").mkdir(parents=True)
    (tmp_path / "targets" / "red" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="targets/red holds files that are not of a run"):
        fit(config(two), run_dir=tmp_path)


def refused(two: Path, tmp_path: Path, table: pd.DataFrame, target: list[str]) -> str:
    """What is said of a table, before anything is written."""
    table.to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(InputError) as caught:
        fit(config(two, target, train=str(tmp_path / "bad.csv")), run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_what_is_wrong_with_the_targets_is_said_at_once(
    two: Path, tmp_path: Path, computed: dict[str, int]
) -> None:
    sound = pd.read_csv(two / "train.csv", dtype=str)
    assert refused(two, tmp_path, sound, [LIGHT, "wide", "long"]).splitlines()[1:] == [
        "  - 'wide'; known: 'photo', 'light', 'red [%]'",
        "  - 'long'; known: 'photo', 'light', 'red [%]'",
    ]
    empty = sound.copy()
    empty.loc[2, LIGHT], empty.loc[4, RED] = "", "n/a"
    assert refused(two, tmp_path, empty, TARGETS).splitlines() == [
        "several of the targets cannot be learned:",
        "  - bad.csv: light must be a number:",
        "    - line 4: ''",
        "  - bad.csv: red [%] must be a number:",
        "    - line 6: 'n/a'",
    ]
    same = sound.assign(same="3")
    told = refused(two, tmp_path, same, [LIGHT, "same"])
    assert told.startswith("data.columns.target, same: the target is 3 for all 24 photos, so that")
    gone = sound.copy()
    gone.loc[0, "photo"] = "gone.png"
    assert refused(two, tmp_path, gone, TARGETS).count("gone.png") == 1
    assert computed == {"photos": 0, "fits": 0}


def test_the_command_tells_of_each_target(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(two / "run", tmp_path / "run")
    (tmp_path / "two.yaml").write_text(json.dumps(config(two)))
    arguments = [str(tmp_path / "two.yaml"), "--run-dir", str(copy), "--json"]
    assert fit_main(arguments) == 0
    content = json.loads(capsys.readouterr().out)
    boards = {target: pd.DataFrame(content["targets"][target]["scores"]) for target in TARGETS}
    for target, board in boards.items():
        rmse = board.set_index("name")["rmse"]
        assert rmse["stack"] < rmse["constant"] / 3, target
    assert content["paths"]["report"] == str(copy / "report.html")
    assert fit_main(arguments[:-1]) == 0
    out = capsys.readouterr().out
    assert out.index("target light:") < out.index("target red [%]:") < out.index("run of all:")

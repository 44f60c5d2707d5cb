"""A run packed here and opened where nothing of it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ensemble import pack, submit
from ensemble.run import open_run
from ensemble.runs import versions
from tests.ensemble.runs.small import change, config, fit_small

_MLP = {"head": "mlp", "parameters": {"layers": [8], "optimizer": "adam", "epochs": 3}}
_DENSITY = {"stride": 8, "width": 12, "epochs": 1, "least_steps": 5}

#: Predicts with the pack; TensorFlow and Keras cannot be imported.
ELSEWHERE = """\
import sys
sys.modules.update({"tensorflow": None, "keras": None})
from ensemble.run import open_run
open_run("my.pack").predict("new").to_pickle("found")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("openvino")
    folder = tmp_path_factory.mktemp("pack")
    own, tiny = config(folder)["backbones"]
    maps = {**tiny, "name": "maps", "pooling": "none"}
    maps["heads"] = [{"head": "density", "parameters": _DENSITY}]
    backbones = [{**own, "heads": ["ridge", _MLP]}, tiny, maps]
    sample = {**config(folder)["data"], "sample_submission": "sample.csv"}
    (folder / "sample.csv").write_text("light,photo\n1,00.png\n")
    few = {"folds": {"n": 2}, "stack": "mean"}  # so that few heads are trained
    fit_small(folder, backbones=backbones, engine="openvino", data=sample, **few)
    assert pack.main([str(folder / "run"), str(folder / "my.pack")]) == 0
    return folder


@pytest.fixture
def elsewhere(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pack and new photos; no weights, nothing in the cache."""
    shutil.copy(place / "my.pack", tmp_path)
    shutil.copytree(place / "new", tmp_path / "new")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_it_predicts_bit_for_bit_elsewhere_without_tensorflow(place: Path, elsewhere: Path) -> None:
    expected = open_run(place / "run").predict(place / "new")
    moved = place.rename(place.with_name("gone"))  # nothing can be read from there
    try:
        source = {**os.environ, "PYTHONPATH": str(Path(pack.__file__).parents[1])}
        subprocess.run([sys.executable, "-c", ELSEWHERE], check=True, env=source)
    finally:
        moved.rename(place)
    found = pd.read_pickle(elsewhere / "found")
    assert list(found) == [
        *(
            "photo",
            "own.ridge",
            "own.mlp",
            "tiny.svr",
            "maps.density",
            "stack",
            "lower",
            "upper",
            "novelty",
        )
    ]
    pd.testing.assert_frame_equal(
        found.drop(columns="photo"), expected.drop(columns="photo"), check_exact=True
    )
    assert [path.name for path in (elsewhere / "cache").iterdir()] == ["packs"]


@pytest.mark.slow
def test_submit_writes_into_the_folder_it_is_called_in(
    place: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit.main(["my.pack", "--images", "new"]) == 0
    assert "2 rows in my-submission.csv" in capsys.readouterr().out
    found = pd.read_csv("my-submission.csv")
    assert list(found) == ["light", "photo"]  # as in the sample, which is not here
    assert Path("my-predictions.csv").is_file()
    assert {path.name for path in elsewhere.glob("cache/packs/*")} == {
        open_run("my.pack").folder.parent.name
    }


@pytest.mark.slow
def test_other_versions_are_judged_by_the_probe(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = open_run("my.pack").predict("new")
    real = versions.version
    monkeypatch.setattr(versions, "version", lambda name: "9.9" if name == "keras" else real(name))
    pd.testing.assert_frame_equal(open_run("my.pack").predict("new"), expected, check_exact=True)
    assert "here 9.9); its probe agrees: features to 0 of" in caplog.text


@pytest.mark.slow
def test_the_same_run_has_the_same_bytes_and_another_file_stays(
    place: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path("my.pack").read_bytes()
    assert pack.main([str(place / "run"), "my.pack"]) == 0
    assert "MB, SHA-256 " in capsys.readouterr().out
    assert Path("my.pack").read_bytes() == before
    Path("mine.pack").write_text("mine")
    assert pack.main([str(place / "run"), "mine.pack"]) == 1
    assert "mine.pack is there, and nothing in the cache says" in capsys.readouterr().err
    assert Path("mine.pack").read_text() == "mine"
    other = shutil.copytree(place / "run", elsewhere / "other")
    change(other, "folds.csv", b"name,fold\n")
    shutil.copyfile("my.pack", "renamed.pack")
    assert pack.main(["other", "renamed.pack"]) == 0  # of this program, under whatever name
    assert pack.main(["other", "my.pack"]) == 0  # written by this command, and not changed since
    assert Path("my.pack").read_bytes() != before
    assert pack.main(["other", "other/oof.csv", "--force"]) == 1
    assert "other/oof.csv is a file of the run" in capsys.readouterr().err


@pytest.mark.slow
def test_where_its_folder_changed_it_is_named_and_unpacked_again(
    elsewhere: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = open_run("my.pack").folder.parent
    network = next(folder.glob("networks/*.bin"))
    whole = network.read_bytes()
    network.write_bytes(b"")
    assert open_run("my.pack").folder.parent == folder
    assert f"{folder} is damaged (other content: networks/{network.name})" in caplog.text
    assert network.read_bytes() == whole


@pytest.mark.slow
def test_a_run_of_an_older_format_is_to_be_fitted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Path(__file__).parents[1] / "data" / "run_format_1"
    monkeypatch.setattr("ensemble.runs.opening._open_format_1", lambda *_: [])
    assert pack.main([str(old / "run"), str(tmp_path / "a.pack")]) == 1
    assert "is of format 1, which does not say all" in capsys.readouterr().err


def test_its_help_is_short_and_needs_nothing_but_python() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(pack.__file__).parents[1])}
    command = [sys.executable, "-S", "-m", "ensemble.pack", "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert done.stdout == pack.parser().format_help()
    assert len(done.stdout.splitlines()) < 30

"""Runs held against each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.compare import main
from ensemble.comparing import compare, put_together
from ensemble.training import fit
from tests.ensemble.project import CONFIG


@pytest.fixture(scope="module")
def fitted(filled_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs ``one``, ``two``, of another stack, and ``few``, of fewer photos."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(filled_cache, folder / "cache")
    (folder / "small.yaml").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("FOLDER", str(folder))
        for name, settings in (("one", []), ("two", ["stack=mean"]), ("few", ["data.limit=30"])):
            fit(Path("small.yaml"), settings, run_dir=name)
    return folder


@pytest.fixture
def runs(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two runs on the same photos, in the working directory."""
    monkeypatch.chdir(fitted)
    return "one", "two"


def test_scores_are_those_of_the_runs(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = compare(runs)
    for name in runs:
        board = pd.read_csv(f"{name}/leaderboard.csv", index_col="name")
        assert found.scores[name].rmse == pytest.approx(board.loc["stack", "rmse"])
    table = found.table()
    assert table["run"].tolist() == list(runs)
    assert table["difference"][1] == pytest.approx(table["rmse"][1] - table["rmse"][0])
    capsys.readouterr()
    assert main([*runs, "--out", "page.html"]) == 0
    out = capsys.readouterr().out
    assert "on 40 photos: those that count" in out
    assert f"  {found.apart[0]}: true" in out
    page = Path("page.html").read_text()
    assert page.count("<img") == len(found.apart)
    assert "2 runs on the same 40 photos" in page


def test_a_page_of_the_user_stays(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.html").write_text("mine")
    assert main([*runs, "--out", "mine.html"]) == 1
    assert "--force" in capsys.readouterr().err
    assert main([*runs, "--out", "mine.html", "--force"]) == 0


def test_runs_of_other_photos_share_what_they_can(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["one", "few"]) == 0
    out = capsys.readouterr().out
    assert "one: 10 of 40 photos are not in all runs, and left out" in out
    assert "on 30 photos: those" in out


def test_other_targets_cannot_be_compared() -> None:
    tables = {
        "one": pd.DataFrame({"target": [1.0, 2.0], "stack": [1.0, 2.0]}, index=["a", "b"]),
        "two": pd.DataFrame({"target": [1.0, 3.0], "stack": [1.0, 2.0]}, index=["a", "b"]),
    }
    with pytest.raises(InputError, match="another target in one run than in another") as caught:
        put_together(tables)
    assert caught.value.mistakes == ["b: 2, 3"]
    tables["two"].index = ["c", "d"]
    with pytest.raises(InputError, match="no photo is in all of these runs"):
        put_together(tables)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (["one"], "needs two runs or more, and 1 is named"),
        (["one", "two", "one"], "runs are named twice: one"),
        (["one", "./one/"], "runs are named twice"),
        (["one", "nowhere"], "nowhere holds no complete run"),
    ],
)
def test_what_is_no_comparison_is_refused(
    runs: tuple[str, str], named: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(named) == 1
    assert message in capsys.readouterr().err

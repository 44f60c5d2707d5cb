from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ensemble.cache import main
from tests.ensemble.storage.folder import (
    FILES,
    FIT,
    HEAD,
    RECORD,
    STORE,
    date,
    fill,
    label_fits,
    label_store,
    places,
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    return fill(tmp_path / "cache")


def test_it_lists_what_there_is_and_changes_nothing(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label_store(cache, "tiny")
    label_fits(cache, "tiny.svr", FIT)
    date(cache, 40)
    before = {path: path.stat().st_mtime for path in cache.rglob("*")}
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"cache: {cache}\n")
    for text in ("tiny  ", "MobileNet (random)", "tiny.svr", "unlabelled", "predictions", "total"):
        assert text in printed
    assert {path: path.stat().st_mtime for path in cache.rglob("*")} == before


def test_prune_removes_what_is_old_and_says_so(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    date(cache, 40)
    date(cache, 20, HEAD, STORE)
    assert main(["--prune", "30d"]) == 0
    assert places(cache) == {name for name in FILES if name.startswith((HEAD, STORE, RECORD))}
    printed = capsys.readouterr().out
    freed = sum(FILES.values()) - 5100 - 330 - FILES[RECORD]
    assert f"freed {freed} B in {cache}; 5.4 kB are left" in printed
    assert "pictures" in printed
    assert "features" not in printed
    assert main(["--prune", "30d"]) == 0
    assert capsys.readouterr().out == f"freed 0 B in {cache}; 5.4 kB are left\n"


def test_clear_leaves_what_is_not_ours(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(cache, {"heads/notes.txt": 7, "film.mp4": 70})
    assert main(["--clear"]) == 0
    assert places(cache) == {"heads/notes.txt", "film.mp4", RECORD}
    assert f"freed 6.4 kB in {cache}; 83 B are left" in capsys.readouterr().out


def test_another_cache_is_named_by_dir(cache: Path, tmp_path: Path) -> None:
    other = fill(tmp_path / "other")
    assert main(["--dir", str(other), "--clear"]) == 0
    assert places(other) == {RECORD}
    assert places(cache) == set(FILES)


def test_a_folder_that_is_no_cache_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, {"thesis.tex": 5, "pictures/cat.png": 5})
    assert main(["--dir", str(tmp_path), "--clear"]) == 2
    assert f"{tmp_path} does not look like a cache" in capsys.readouterr().err
    assert places(tmp_path) == {"thesis.tex", "pictures/cat.png"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prune", "soon"], "as 12h, 30d or 2w, not 'soon'"),
        (["--dir", "nowhere"], "nowhere is not a folder; give the folder of a cache"),
    ],
)
def test_wrong_use_is_named(
    cache: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
    assert places(cache) == set(FILES)


def test_before_the_first_fit_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "none"))
    assert main([]) == 0
    assert capsys.readouterr().out == f"nothing is kept yet: there is no {tmp_path / 'none'}\n"


def test_it_imports_no_tensorflow_and_no_scikit_learn(cache: Path) -> None:
    code = (
        "import sys; from ensemble.cache import main; main([]); "
        "found = {'tensorflow', 'keras', 'sklearn', 'openvino'} & set(sys.modules); "
        "sys.exit(str(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ)
    assert done.returncode == 0, done.stderr.decode()


def test_its_help_imports_next_to_nothing() -> None:
    code = (
        "import sys\n"
        "from ensemble.cache import parser\n"
        "parser().format_help()\n"
        "sys.exit(str({'pydantic', 'numpy', 'rich', 'ensemble.storage'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "set()"

"""Work of the user in the files of a run, and mere damage."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ensemble.runs.folder import RunWriter, open_run_folder
from ensemble.runs.writable import check_writable


def write(folder: Path, content: str, origin: str = "key") -> None:
    check_writable(folder, folder.parent / "cache")
    run = RunWriter(folder, origin)
    run.text("scores.csv", content)
    run.close()
    open_run_folder(folder)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_edited_is_kept_beside_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run, kept = tmp_path / "run", []
    write(run, "name,rmse\na,1\n")
    for work in (
        "name,rmse\na,1\nmy notes\n",
        "entirely mine: \u00fc",
        "name,rmse\na,1\nmy notes\n",
    ):
        caplog.clear()
        (run / "scores.csv").write_text(work, encoding="cp1252")
        with caplog.at_level(logging.WARNING, "ensemble"):
            write(run, "name,rmse\na,2\n", origin="another config")
        assert (run / "scores.csv").read_text() == "name,rmse\na,2\n"
        (line,) = caplog.messages
        kept.append(line.rpartition(" ")[2])
        assert f"{run / 'scores.csv'} was not as the fit left it: what it held is kept as" in line
        assert (run / kept[-1]).read_text(encoding="cp1252") == work
    assert kept == ["scores.csv.edited", "scores.csv.edited2", "scores.csv.edited"]
    write(run, "name,rmse\na,2\n")
    assert names(run) == ["manifest.json", "scores.csv", "scores.csv.edited", "scores.csv.edited2"]


@pytest.mark.parametrize("damage", [b"", b"name,rm", b"name\0\x01\xff", b"PK\3\4 half of a model"])
def test_mere_damage_is_healed_and_not_kept(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "run", "name,rmse\na,1\n")
    (tmp_path / "run" / "scores.csv").write_bytes(damage)
    write(tmp_path / "run", "name,rmse\na,1\n")
    assert names(tmp_path / "run") == ["manifest.json", "scores.csv"]
    assert caplog.messages == []


def test_another_run_keeps_nothing_of_an_untouched_one(tmp_path: Path) -> None:
    write(tmp_path / "run", "name,rmse\na,1\n")
    write(tmp_path / "run", "name,rmse\na,2\n")
    assert names(tmp_path / "run") == ["manifest.json", "scores.csv"]


def test_what_was_edited_before_a_kill_is_kept_after_it(tmp_path: Path) -> None:
    write(tmp_path / "run", "name,rmse\na,1\n")
    (tmp_path / "run" / "scores.csv").write_text("name,rmse\na,1\nmy notes\n")
    RunWriter(tmp_path / "run", "key")  # and no more
    write(tmp_path / "run", "name,rmse\na,1\n")
    assert "my notes" in (tmp_path / "run" / "scores.csv.edited").read_text()

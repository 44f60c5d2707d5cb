from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.runs.manifest import MANIFEST
from ensemble.runs.writable import check_writable
from ensemble.storage.outputs import Outputs


def write(folder: Path, force: bool = False, **files: str) -> RunFolder:
    run = RunWriter(folder, "key", force)
    for name, content in files.items():
        run.text(f"{name}.csv", content)
    return run.close()


def test_a_new_an_empty_and_a_folder_with_a_run_will_do(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    check_writable(tmp_path / "new" / "deep", cache)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".12.partial").touch()  # of a process that was killed
    check_writable(tmp_path / "run", cache)
    write(tmp_path / "run", oof="1")
    check_writable(tmp_path / "run", cache)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == [".12.partial", MANIFEST, "oof.csv"]


def test_other_files_are_refused_but_by_force(tmp_path: Path) -> None:
    (tmp_path / "oof.csv").write_text("mine")
    with pytest.raises(InputError, match=r"holds files that are not of a run.*--force"):
        check_writable(tmp_path, tmp_path / "cache")
    with pytest.raises(InputError, match="holds files that are not of a run"):
        RunWriter(tmp_path, "key")
    check_writable(tmp_path, tmp_path / "cache", force=True)
    write(tmp_path, force=True, oof="1")
    assert (tmp_path / "oof.csv").read_text() == "1"


def test_among_the_files_of_a_run_those_of_the_user_are_known(tmp_path: Path) -> None:
    write(tmp_path / "run", oof="1")
    (tmp_path / "run" / "notes.txt").write_text("no run writes that")
    check_writable(tmp_path / "run", tmp_path / "cache")
    (tmp_path / "run" / "rejected.csv").write_text("mine")
    with pytest.raises(InputError, match="files of somebody else that the run") as caught:
        check_writable(tmp_path / "run", tmp_path / "cache")
    assert caught.value.mistakes == ["rejected.csv"]
    check_writable(tmp_path / "run", tmp_path / "cache", force=True)


def test_what_a_submission_left_may_be_written_over(tmp_path: Path) -> None:
    outputs, path = Outputs(tmp_path / "cache"), tmp_path / "run" / "rejected.csv"
    write(tmp_path / "run", oof="1")
    with outputs.write(path, "--out") as partial:
        partial.write_text("photo,reason\n")
    check_writable(tmp_path / "run", outputs.cache)


def test_what_a_killed_fit_left_is_its_own(tmp_path: Path) -> None:
    RunWriter(tmp_path / "run", "key").text("rejected.csv", "half of a run")
    check_writable(tmp_path / "run", tmp_path / "cache")
    write(tmp_path / "run", rejected="1")
    assert (tmp_path / "run" / "rejected.csv").read_text() == "1"


def test_a_file_that_the_next_run_lacks_goes_unless_it_was_changed(tmp_path: Path) -> None:
    write(tmp_path, oof="1", old="1", edited="1")
    (tmp_path / "edited.csv").write_text("mine")
    write(tmp_path, oof="1")
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["edited.csv", "oof.csv"]


@pytest.mark.parametrize("place", ["run", "run/deep/cache", "link/cache"])
def test_what_would_come_into_the_folder_before_the_run_is_named(
    tmp_path: Path, place: str
) -> None:
    """Else the run would be refused there once all is computed."""
    run, other = tmp_path / "run", tmp_path / "other"
    (tmp_path / "link").symlink_to(run)
    for option, cache, drawn in (
        ("cache_dir", tmp_path / place, other),
        ("data.folder", other, tmp_path / place),
    ):
        with pytest.raises(InputError, match="is the run's alone") as caught:
            check_writable(run, cache, drawn=drawn)
        assert caught.value.mistakes == [f"{option}: {tmp_path / place}"]
        check_writable(run, cache, force=True, drawn=drawn)
    write(run, oof="1")
    check_writable(run, run / "cache", drawn=run / "data")


def test_who_cannot_force_is_not_told_to(tmp_path: Path) -> None:
    (tmp_path / "oof.csv").write_text("mine")
    with pytest.raises(InputError, match=r"^/.*name a new or empty folder$"):
        check_writable(tmp_path, tmp_path / "cache", from_command=False)

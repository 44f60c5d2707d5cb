from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from backbones.files import atomic_write, remove_unfinished, temporary_folder


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before")

    def interrupted() -> None:
        with atomic_write(tmp_path / "a") as partial:
            partial.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "before"}


def test_an_error_without_a_file_names_the_one_that_was_to_be(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"a\.csv") as full, atomic_write(tmp_path / "a.csv"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert full.value.filename == str(tmp_path / "a.csv")
    with (
        pytest.raises(FileNotFoundError) as gone,
        atomic_write(tmp_path / "b.csv") as partial,
    ):
        partial.read_text()
    assert gone.value.filename == str(tmp_path / "b.csv")
    with pytest.raises(FileNotFoundError) as other, atomic_write(tmp_path / "c.csv"):
        (tmp_path / "other").read_text()
    assert other.value.filename == str(tmp_path / "other")


def test_a_name_as_long_as_names_may_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'é' * 125}.csv"
    with atomic_write(path) as partial:
        partial.write_text("done")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["done"]


def test_a_temporary_folder_goes_and_what_was_moved_out_of_it_stays(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as folder:
        for name in ("a", "b"):
            (folder / name).write_text(name)
        (folder / "a").replace(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_of_all_threads_what_is_unfinished_can_be_removed(tmp_path: Path) -> None:
    written, removed = threading.Event(), threading.Event()

    def write() -> None:
        with atomic_write(tmp_path / "other") as partial:
            partial.write_text("half")
            written.set()
            removed.wait(60)
            partial.write_text("whole")

    thread = threading.Thread(target=write)
    thread.start()
    with atomic_write(tmp_path / "own") as partial, temporary_folder(tmp_path) as folder:
        partial.write_text("half")
        (folder / "a").write_text("half")
        assert written.wait(60)
        remove_unfinished()
        left = list(tmp_path.iterdir())
        partial.write_text("whole")
    removed.set()
    thread.join()
    assert left == []
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "own": "whole",
        "other": "whole",
    }

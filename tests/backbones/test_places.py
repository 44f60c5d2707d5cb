"""Places that can be written, and places that cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backbones.errors import InputError
from backbones.files import remove_unfinished
from backbones.places import check_file, check_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "read-only").write_text("mine")
    (tmp_path / "read-only").chmod(0o444)
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody writes into, not even root, where the file system can say so."""
    place, chattr = tmp_path / "locked", shutil.which("chattr") or "true"
    place.mkdir(mode=0o555)
    subprocess.run([chattr, "+i", place], capture_output=True)
    try:
        (place / "trial").touch()
        pytest.skip("root may write anywhere here")
    except OSError:
        yield place
    finally:
        subprocess.run([chattr, "-i", place], capture_output=True)


REFUSED = [
    (check_file, "folder", "is a folder; name a file in it"),
    (check_file, "read-only", "is read-only"),
    (check_file, "dangling", "is a link to .*gone, which is not there"),
    (check_file, "loop", "cannot be written: Too many levels"),
    (check_file, "pipe", "is no regular file"),
    (check_file, "file/new", "cannot be made: .*file is a file; name another place"),
    (check_file, "x" * 256, "cannot be written: File name too long"),
    (check_file, f"new/{'x' * 256}", "cannot be written in .*: File name too long"),
    (check_file, f"{'x' * 300}/a", "cannot be written.*: File name too long"),
    (check_file, "dangling/new", "cannot be made: .*dangling is a link to nothing"),
    (check_folder, "file", "is a file; name a folder"),
    (check_folder, "pipe", "is a file; name a folder"),
    (check_folder, "dangling", "is a link to .*gone, which is not there"),
    (check_folder, "file/new/deep", "cannot be made: .*file is a file; name another place"),
]


@pytest.mark.parametrize(("check", "name", "message"), REFUSED)
def test_what_cannot_be_written_is_named_with_the_reason(
    folder: Path, check: Callable[[Path, str], None], name: str, message: str
) -> None:
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(InputError, match=f"(?s)--out: .*{message}") as caught:
        check(folder / name, "--out")
    assert str(folder / name) in str(caught.value)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_can_be_written_is_left_as_it_is(folder: Path) -> None:
    before = {path: path.lstat().st_mtime_ns for path in (folder / "file", folder / "link")}
    check_file(folder / "file", "--out")
    check_file(folder / "link", "--out")
    check_file(folder / "new" / "deep" / "a.csv", "--out")
    check_file(folder / "folder" / ("x" * 255), "--out")  # as ``atomic_write`` can
    check_folder(folder / "folder", "--run-dir")
    check_folder(folder / "new" / "deep", "--run-dir")
    assert not list((folder / "folder").iterdir())
    assert not (folder / "new").exists()
    assert {path: path.lstat().st_mtime_ns for path in before} == before


def test_a_folder_without_the_right_to_write(locked: Path) -> None:
    for check, place in ((check_file, locked / "a.csv"), (check_folder, locked / "run")):
        with pytest.raises(InputError, match=r"cannot be written in .*locked"):
            check(place, "--out")
    with pytest.raises(InputError, match="locked cannot be written: "):
        check_folder(locked, "--run-dir")


def test_a_signal_during_the_trial_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = []

    def ended(file: Path, *_: str) -> None:
        file.touch()
        remove_unfinished()
        left.extend(file.parent.glob("*.partial"))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", ended)
    with pytest.raises(InputError, match="No space left"):
        check_file(folder / "new.csv", "--out")
    assert left == []

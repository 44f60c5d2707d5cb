from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.photos.foreign import is_ours
from ensemble.storage.output_folder import RECORD, OutputFolder, is_output_folder


def write(folder: Path, files: dict[str, str], force: bool = False) -> None:
    outputs = OutputFolder(folder, force)
    outputs.check(files, "--density")
    for file, content in files.items():
        outputs.write(file, content.encode())
    outputs.close()


def found(folder: Path) -> dict[str, str]:
    paths = [one for one in folder.rglob("*") if one.is_file() and one.name != RECORD]
    return {one.relative_to(folder).as_posix(): one.read_text() for one in paths}


def test_it_writes_over_its_own_and_removes_what_tells_of_other_photos(tmp_path: Path) -> None:
    write(tmp_path / "maps", {"a": "1", "deep/sub/b": "2"})
    assert found(tmp_path / "maps") == {"a": "1", "deep/sub/b": "2"}
    write(tmp_path / "maps", {"a": "3", "c": "4"})
    assert found(tmp_path / "maps") == {"a": "3", "c": "4"}
    assert not (tmp_path / "maps" / "deep").exists()
    before = (tmp_path / "maps" / RECORD).read_bytes()
    write(tmp_path / "maps", {"a": "3", "c": "4"})
    assert (tmp_path / "maps" / RECORD).read_bytes() == before


def test_files_of_the_user_stay_but_by_force(tmp_path: Path) -> None:
    write(tmp_path, {"a": "1", "b": "2", "c": "3"})
    (tmp_path / "a").write_text("mine")
    (tmp_path / "b").write_text("mine")
    (tmp_path / "other").write_text("mine")
    message = r"--density: .* has files that would be written over.*\n  - a\n  - b"
    with pytest.raises(InputError, match=message):
        write(tmp_path, {"a": "4", "b": "5"})
    write(tmp_path, {"d": "6"})  # those that were changed are no longer its own
    assert found(tmp_path) == {"a": "mine", "b": "mine", "other": "mine", "d": "6"}
    write(tmp_path, {"a": "7"}, force=True)
    assert found(tmp_path) == {"a": "7", "b": "mine", "other": "mine"}


def test_after_a_kill_what_lies_there_is_its_own(tmp_path: Path) -> None:
    killed = OutputFolder(tmp_path)
    killed.write("a", b"1")
    with (tmp_path / RECORD).open("a") as record:
        record.write('{"file": "b", "sha')
    write(tmp_path, {"a": "2"})
    assert found(tmp_path) == {"a": "2"}


def test_a_record_of_somebody_else_says_nothing(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text('{"file": "a"}\n')
    (tmp_path / "a").write_text("mine")
    assert not is_output_folder(tmp_path)
    with pytest.raises(InputError, match="name another folder"):
        write(tmp_path, {"a": "1"})


def test_its_pictures_are_nobodys_photos(tmp_path: Path) -> None:
    write(tmp_path / "maps", {"sub/a.jpg.overlay.jpg": "1", "sub/a.jpg.density.tif": "2"})
    (tmp_path / "maps" / "sub" / "b.jpg").write_text("mine")
    (tmp_path / "c.overlay.jpg").write_text("mine")
    ours = {one.name for one in tmp_path.rglob("*") if is_ours(one)}
    assert ours == {"a.jpg.overlay.jpg", "a.jpg.density.tif"}


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("mine")
    with pytest.raises(InputError, match="is a file; name a folder"):
        OutputFolder(tmp_path / "maps").check(["a"], "--density")
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="--force:\n  - a"):
        OutputFolder(tmp_path, force=True).check(["a"], "--density")

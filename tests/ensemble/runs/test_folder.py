from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.runs.folder import RunWriter, newest_run, open_run_folder, reopen
from ensemble.runs.manifest import MANIFEST, UNFINISHED


def written(folder: Path, **files: str) -> Path:
    run = RunWriter(folder, "key")
    for name, content in files.items():
        run.text(name, content)
    run.close()
    return folder


def test_what_was_written_is_found_again(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "b.bin").write_bytes(b"\0")
    run = RunWriter(tmp_path / "run", "key")
    run.text("ä.txt", "ö")
    run.json("a.json", {"x": 1})
    run.copy("members/one", source)
    run.close()
    found = open_run_folder(tmp_path / "run")
    assert sorted(found.files) == ["a.json", "members/one/deep/b.bin", "ä.txt"]
    assert found.json("a.json") == {"x": 1}
    listed = json.loads((tmp_path / "run" / MANIFEST).read_text())["files"]
    digest = hashlib.sha256("ö".encode()).hexdigest()
    assert listed["ä.txt"] == {"bytes": 2, "sha256": digest}


def test_what_a_killed_writer_left_goes_and_what_is_not_of_the_run_stays(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "manifest.unfinished.json.12.partial").write_text("")  # the first thing that is written
    written(run, a="1")
    (run / "deep").mkdir()
    for name in ("a.12.partial", "deep/b.12.partial", "other.12.partial", "a.partial"):
        (run / name).write_text("half")
    written(run, a="1", **{"deep/b": "2"})
    assert {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()} == {
        *(MANIFEST, "a", "deep/b"),
        *("other.12.partial", "a.partial"),
    }


def test_in_an_unfinished_run_what_others_wrote_is_kept(tmp_path: Path) -> None:
    run = written(tmp_path / "run", a="1")
    (run / MANIFEST).rename(run / UNFINISHED)
    (run / "b.csv").write_text("mine")
    written(run, a="1", **{"b.csv": "2"})
    assert (run / "b.csv").read_text() == "2"
    assert (run / "b.csv.edited").read_text() == "mine"


def test_every_changed_file_is_named(tmp_path: Path) -> None:
    run = written(tmp_path / "run", a="1", b="2", c="3")
    (run / "a").unlink()
    (run / "b").write_text("22")
    (run / "c").write_text("4")
    (run / "extra").write_text("not of the run")
    with pytest.raises(InputError) as caught:
        open_run_folder(run)
    assert caught.value.mistakes == [
        "a: is missing",
        "b: has 2 bytes, not 1",
        "c: has other content",
    ]


def test_a_run_is_incomplete_until_its_manifest_is_written(tmp_path: Path) -> None:
    written(tmp_path / "run", a="1")
    RunWriter(tmp_path / "run", "key").text("a", "2")
    with pytest.raises(InputError, match=r"holds no complete run .*--run-dir"):
        open_run_folder(tmp_path / "run")


def test_only_files_of_the_run_before_are_removed(tmp_path: Path) -> None:
    run = written(tmp_path / "run", a="1", b="2")
    (run / "notes").write_text("mine")
    written(run, a="1")
    assert sorted(path.name for path in run.iterdir()) == ["a", MANIFEST, "notes"]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\b", "C:x"])
def test_a_manifest_never_leads_out_of_the_run(tmp_path: Path, name: str) -> None:
    entry = {"bytes": 0, "sha256": ""}
    (tmp_path / MANIFEST).write_text(json.dumps({"origin": "o", "files": {name: entry}}))
    with pytest.raises(InputError, match="names files outside of the run"):
        open_run_folder(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {"a": 1}}', '{"files": 3}'])
def test_a_broken_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InputError, match="is not a manifest"):
        open_run_folder(tmp_path)


@pytest.mark.parametrize("name", [MANIFEST, UNFINISHED])
def test_a_manifest_of_somebody_else_makes_no_run(tmp_path: Path, name: str) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"mine")
    entry = {"bytes": 4, "sha256": hashlib.sha256(b"mine").hexdigest()}
    theirs = json.dumps({"files": {"a.jpg": entry}, "origin": ["a", "site"]})
    (tmp_path / name).write_text(theirs)
    for force in (False, True):
        with pytest.raises(InputError, match="somebody else's, or damaged; name another folder"):
            RunWriter(tmp_path, "key", force)
    assert photo.read_bytes() == b"mine"
    assert (tmp_path / name).read_text() == theirs


def test_the_newest_run_is_the_one_written_last(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no complete run in"):
        newest_run(tmp_path)
    for age, name in enumerate(["b", "a", "c"]):
        run = written(tmp_path / name, x="1")
        os.utime(run / MANIFEST, (age, age))
    (tmp_path / "d").mkdir()
    assert newest_run(tmp_path) == tmp_path / "c"


def test_a_run_is_opened_again_by_its_origin_and_is_then_the_newest(tmp_path: Path) -> None:
    first, second = written(tmp_path / "first", a="1"), written(tmp_path / "second", a="1")
    os.utime(first / MANIFEST, (1, 1))
    assert reopen(first, "other") is None
    assert newest_run(tmp_path) == second
    assert reopen(first, "key") == open_run_folder(first)
    assert newest_run(tmp_path) == first
    assert reopen(tmp_path / "none", "key") is None


def test_a_changed_or_unfinished_run_is_not_opened_again(tmp_path: Path) -> None:
    run = written(tmp_path / "run", a="1", b="2")
    (run / "b").write_text("3")
    assert reopen(run, "key") is None
    RunWriter(run, "key").text("b", "2")
    assert reopen(run, "key") is None


def test_a_file_that_stays_as_it_is_is_not_written_again(tmp_path: Path) -> None:
    run = written(tmp_path / "run", a="1", b="2")
    before = [(run / name).stat().st_ino for name in "ab"]
    written(run, a="1", b="3")
    assert (run / "a").stat().st_ino == before[0]
    assert (run / "b").stat().st_ino != before[1]
    assert open_run_folder(run).files.keys() == {"a", "b"}


def test_the_digest_of_a_folder_is_that_of_its_files_alone(tmp_path: Path) -> None:
    files = {"heads/a": "1", "heads/b": "2", "other": "3"}
    before = open_run_folder(written(tmp_path / "run", **files)).digest("heads")
    again = open_run_folder(written(tmp_path / "run", **{**files, "other": "4"}))
    assert again.digest("heads") == before
    changed = open_run_folder(written(tmp_path / "run", **{**files, "heads/b": "5"}))
    assert changed.digest("heads") != before

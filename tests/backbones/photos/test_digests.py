from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import lmdb
import pytest

from backbones.disk import database
from backbones.errors import InputError
from backbones.photos import digests
from backbones.photos.digests import compute_digests, forget_digests, photo_digests


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    seen: list[str] = []
    plain = digests.compute_digests

    def reading(paths: list[Path], unreadable: dict[Path, str] | None = None) -> list[str]:
        seen.extend(path.name for path in paths)
        return plain(paths, unreadable)

    monkeypatch.setattr(digests, "compute_digests", reading)
    return seen


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files had been written some time ago."""
    later = time.time_ns() + 10**12
    monkeypatch.setattr(digests.time, "time_ns", lambda: later)


def written(folder: Path, **contents: str) -> list[Path]:
    for name, content in contents.items():
        (folder / name).write_text(content)
    return [folder / name for name in contents]


def expected(*contents: str) -> list[str]:
    return [hashlib.sha256(content.encode()).hexdigest() for content in contents]


def test_a_file_is_read_once(tmp_path: Path, read: list[str], settled: None) -> None:
    paths = written(tmp_path, a="1", b="2", c="1")
    assert photo_digests(paths[:2], tmp_path / "cache") == expected("1", "2")
    assert photo_digests(paths[::-1], tmp_path / "cache") == expected("1", "2", "1")
    assert read == ["a", "b", "c"]


def test_a_file_of_another_content_or_place_is_read_again(
    tmp_path: Path, read: list[str], settled: None
) -> None:
    a, b = written(tmp_path, a="1", b="2")
    photo_digests([a, b], tmp_path / "cache")
    dates = a.stat().st_atime_ns, a.stat().st_mtime_ns
    time.sleep(0.05)  # a tick of the file system's clock, and more
    a.write_text("3")
    os.utime(a, ns=dates)  # size, inode and date of change stay: the inode's own date does not
    (tmp_path / "moved").mkdir()
    b = b.rename(tmp_path / "moved" / "b")
    read.clear()
    assert photo_digests([a, b], tmp_path / "cache") == expected("3", "2")
    assert read == ["a", "b"]


def test_a_file_written_just_now_is_not_trusted_to_stay(tmp_path: Path, read: list[str]) -> None:
    paths = written(tmp_path, a="1")
    assert photo_digests(paths, tmp_path / "cache") == expected("1")
    assert photo_digests(paths, tmp_path / "cache") == expected("1")
    assert read == ["a", "a"]


def test_all_is_read_again_once_it_is_forgotten(
    tmp_path: Path, read: list[str], settled: None
) -> None:
    paths = written(tmp_path, a="1")
    photo_digests(paths, tmp_path / "cache")
    forget_digests(tmp_path / "cache")
    forget_digests(tmp_path / "cache")
    assert photo_digests(paths, tmp_path / "cache") == expected("1")
    assert read == ["a", "a"]


def test_files_that_cannot_be_read_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="photos that cannot be read") as caught:
        photo_digests([tmp_path / "a", tmp_path / "b"], tmp_path / "cache")
    assert len(caught.value.mistakes) == 2


def test_missing_files_are_named_together_without_a_cache(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        compute_digests([tmp_path / "a.jpg", tmp_path / "b.jpg"])
    assert str(caught.value).startswith("photos that cannot be read:")
    assert len(caught.value.mistakes) == 2


def test_files_that_cannot_be_read_are_told_and_the_others_read(tmp_path: Path) -> None:
    paths = [tmp_path / "none", *written(tmp_path, a="1")]
    for _ in range(2):
        unreadable: dict[Path, str] = {}
        assert photo_digests(paths, tmp_path / "cache", unreadable) == ["", *expected("1")]
        reason = "it cannot be read: No such file or directory"
        assert unreadable == {tmp_path / "none": f"{tmp_path / 'none'}: {reason}"}


def test_a_damaged_digest_is_computed_again(
    tmp_path: Path, read: list[str], settled: None, caplog: pytest.LogCaptureFixture
) -> None:
    paths = written(tmp_path, a="1", b="2")
    cache = tmp_path / "cache"
    photo_digests(paths, cache)
    file = cache / "digests" / "data.mdb"
    digest = bytes.fromhex(expected("1")[0])
    content = file.read_bytes()
    assert content.count(digest) == 1
    file.write_bytes(content.replace(digest, bytes.fromhex(expected("3")[0])))
    read.clear()
    assert photo_digests(paths, cache) == expected("1", "2")
    assert read == ["a"]
    assert caplog.messages == [
        f"{cache / 'digests'} is damaged (the digest of a photo): discarded, and computed again"
    ]


@pytest.mark.parametrize("size", [0, 1, 5000, 9000])
def test_a_file_of_digests_that_was_cut_is_made_anew(
    tmp_path: Path, read: list[str], settled: None, size: int
) -> None:
    paths = written(tmp_path, a="1")
    photo_digests(paths, tmp_path / "cache")
    file = tmp_path / "cache" / "digests" / "data.mdb"
    file.write_bytes(file.read_bytes()[:size])
    for _ in range(2):
        assert photo_digests(paths, tmp_path / "cache") == expected("1")
    assert read == ["a", "a"]


def test_digests_of_an_older_version_are_read_again_without_a_word(
    tmp_path: Path, read: list[str], settled: None, caplog: pytest.LogCaptureFixture
) -> None:
    paths = written(tmp_path, a="1")
    state = digests._state(paths[0], 2 * time.time_ns())
    (tmp_path / "cache" / "digests").mkdir(parents=True)
    with lmdb.open(str(tmp_path / "cache" / "digests")) as old, old.begin(write=True) as change:
        change.put(state, bytes.fromhex(expected("3")[0]))
    assert photo_digests(paths, tmp_path / "cache") == expected("1")
    assert caplog.messages == []


def test_its_file_is_looked_at_once_a_process(
    tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = written(tmp_path, a="1")
    photo_digests(paths, tmp_path / "cache")
    looked: list[int] = []
    monkeypatch.setattr(database, "check_snapshot", lambda *_: looked.append(1))
    photo_digests(paths, tmp_path / "cache")
    assert looked == []
    database._CLOSED.clear()  # as in another process
    photo_digests(paths, tmp_path / "cache")
    assert looked == [1]


def test_what_is_forgotten_stays_whole_for_who_has_it_open(
    tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_digests(written(tmp_path, a="1"), tmp_path / "cache")
    found: list[str] = []
    monkeypatch.setattr(shutil, "rmtree", lambda path, **_: found.append(path.name))
    forget_digests(tmp_path / "cache")
    assert not (tmp_path / "cache" / "digests").exists()
    (aside,) = (tmp_path / "cache").iterdir()
    assert found == [aside.name]
    assert (aside / "data.mdb").is_file()
    forget_digests(tmp_path / "cache")  # nothing is there

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

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

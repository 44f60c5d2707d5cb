from __future__ import annotations

import os
from pathlib import Path

import pytest

from backbones.remote.downloads import Downloads

A, B, C, D = (letter * 64 for letter in "abcd")


def kept(folder: Path) -> list[str]:
    return sorted(path.name[0] for path in folder.iterdir())


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path / "downloads")
    assert downloads.read(A) is None
    downloads.keep(A, b"first")
    assert downloads.read(A) == Downloads(tmp_path / "downloads").read(A) == b"first"


def test_what_comes_first_stays_and_no_more_than_there_is_room_for(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path, most=25)
    for key in (A, B, C):
        downloads.keep(key, bytes(10))
    assert kept(tmp_path) == ["a", "b"]
    downloads.keep(A, bytes(10))  # again, which takes no more room
    downloads.keep(D, bytes(5))
    assert kept(tmp_path) == ["a", "b", "d"]


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    before = Downloads(tmp_path)
    for age, key in enumerate((A, B, C)):
        before.keep(key, bytes(10))
        os.utime(tmp_path / key, (1000 - age, 1000 - age))
    size = (tmp_path / A).stat().st_size
    downloads = Downloads(tmp_path, most=3 * size + 1)
    assert downloads.read(C) == bytes(10)  # the oldest, which is used now
    downloads.keep(D, bytes(size))
    assert kept(tmp_path) == ["a", "c", "d"]


def test_a_damaged_one_is_not_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    downloads = Downloads(tmp_path)
    downloads.keep(A, b"first")
    (tmp_path / A).write_bytes((tmp_path / A).read_bytes().replace(b"first", b"fresh"))
    assert downloads.read(A) is None
    assert kept(tmp_path) == []
    assert "is damaged" in caplog.text


def test_a_disk_that_refuses_costs_a_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    downloads = Downloads(tmp_path)
    monkeypatch.setattr("backbones.remote.downloads.write_sealed", refuse)
    downloads.keep(A, b"first")
    assert downloads.read(A) is None

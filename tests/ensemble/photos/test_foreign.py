"""What the program has written is no photo, wherever a search begins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ensemble.photos.foreign import is_ours
from ensemble.photos.newphotos import read_folder
from ensemble.runs import probe, record
from ensemble.storage.ownership import MANIFEST, UNFINISHED
from tests.backbones.photos.album import album

KEY = "0" * 32
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
RUN = {"format": 2, "origin": "o", "files": {}}


def names(folder: Path) -> list[str]:
    return read_folder(folder).names.tolist()


def test_a_cache_in_the_photo_folder_hides_no_photo(tmp_path: Path) -> None:
    ours = [f"pictures/{KEY}.png", f"probe/{KEY}.png", f"packs/{KEY}/leaderboard.png"]
    theirs = ["a.jpg", "pictures/holiday.png", "probe/b.png", "sub/c.jpg", f"{KEY}.png"]
    theirs += [f"sub/pictures/{KEY}.png"]
    album(tmp_path, *theirs, *ours, "digests/data.mdb")
    (tmp_path / "packs" / KEY / MANIFEST).write_text(json.dumps(RUN))
    assert names(tmp_path) == sorted(theirs)


@pytest.mark.parametrize("manifest", [MANIFEST, UNFINISHED])
def test_a_run_in_the_photo_folder_hides_no_photo(manifest: str, tmp_path: Path) -> None:
    theirs = ["a.jpg", "leaderboard.jpg", "members/b.png", "sub/leaderboard.png"]
    album(tmp_path, *theirs, record.PICTURE, probe.PICTURE)
    (tmp_path / manifest).write_text(json.dumps(RUN))
    assert names(tmp_path) == theirs


def test_every_picture_of_a_run_is_known(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps(RUN))
    pictures = [name for name in record.TABLES_AND_PICTURES if name.endswith(".png")]
    assert pictures
    assert all(is_ours(tmp_path / name) for name in pictures)


def test_pictures_of_these_names_are_photos_where_there_is_no_run(tmp_path: Path) -> None:
    album(tmp_path, record.PICTURE, f"pictures/{KEY}.png")
    (tmp_path / MANIFEST).write_text('{"name": "a web page"}')
    assert names(tmp_path) == [record.PICTURE, f"pictures/{KEY}.png"]


def test_what_is_left_of_pictures_is_not_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    album(tmp_path, "a.jpg", "digests/data.mdb", "pictures/x")
    (tmp_path / MANIFEST).write_text(json.dumps(RUN))
    left = ["leaderboard.png.edited", "contact_sheet.png.edited2", "probe.png.12.partial"]
    for name in (*left, f"pictures/{KEY}.png.12.partial"):
        (tmp_path / name).write_bytes(PNG)
    assert names(tmp_path) == ["a.jpg"]
    assert caplog.messages == []

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from backbones.errors import InputError, UnreachableError
from backbones.files import read_file
from backbones.photos.digests import photo_digests
from backbones.remote import photo as remote_photo
from backbones.remote.folder import find_urls
from backbones.remote.photo import RemotePhoto, version_of
from backbones.remote.url import Url, parse_url
from tests.backbones.remote.server import serving


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it tries again."""
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    monkeypatch.setattr(remote_photo.time, "sleep", lambda _: None)


def found(address: str, name: str = "a.png", cache: Path | None = None) -> RemotePhoto:
    (photo,) = find_urls([parse_url(f"{address}/{name}")], cache)
    assert isinstance(photo, RemotePhoto)
    return photo


def test_a_photo_is_downloaded_once(tmp_path: Path) -> None:
    with serving({"/a.png": b"first"}) as asked:
        photo = found(asked.address, cache=tmp_path)
        assert photo.read_bytes() == photo.read_bytes() == b"first"
        assert found(asked.address, cache=tmp_path).read_bytes() == b"first"
        assert asked.photos() == ["a.png"]


def test_a_photo_without_a_version_is_downloaded_whenever_it_is_needed(tmp_path: Path) -> None:
    with serving({"/a.png": b"first"}, ETag="") as asked:
        photo = found(asked.address, cache=tmp_path)
        assert photo.version is None
        assert photo.read_bytes() == photo.read_bytes() == b"first"
        assert asked.photos() == ["a.png"] * 2


def test_another_process_has_the_same_photo(tmp_path: Path) -> None:
    photo = RemotePhoto(Url("s3", "bucket", "a/b.png"), '"tag" 5', True, 5, tmp_path)
    assert pickle.loads(pickle.dumps(photo)) == photo
    assert (str(photo), photo.name) == ("s3://bucket/a/b.png", "b.png")
    assert replace(photo, version='"other" 5').key != photo.key


def test_a_connection_that_is_lost_is_tried_again() -> None:
    with serving({"/a.png": bytes(100_000)}) as asked:
        photo = found(asked.address)
        asked.whole = 0
        with pytest.raises(UnreachableError, match=r"a.png: the connection failed: .*; see to the"):
            read_file(photo)
        assert asked.photos() == ["a.png"] * 3


@pytest.mark.parametrize("length", ["", "20"])
def test_a_photo_may_be_as_large_as_one_that_is_decoded(
    monkeypatch: pytest.MonkeyPatch, length: str
) -> None:
    monkeypatch.setattr(remote_photo, "LARGEST", 19)
    with serving({"/a.png": bytes(20)}, **{"Content-Length": length}) as asked:
        photo = found(asked.address)
        with pytest.raises(InputError) as caught:
            read_file(photo)
        assert str(caught.value) == (
            f"{asked.address}/a.png: it cannot be read: too large to open safely (over 19 bytes); "
            "make it smaller"
        )
        assert asked.photos().count("a.png") == (0 if length else 2)


def test_a_photo_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with serving({}) as asked:
        photo = found(asked.address)
        assert not photo.is_file()
        message = f"{asked.address}/a.png: it cannot be read: there is no such photo"
        with pytest.raises(InputError) as caught:
            photo_digests([photo, tmp_path / "b.png"], tmp_path)
        assert caught.value.mistakes[1] == message
        unreadable: dict[object, str] = {}
        assert photo_digests([photo], tmp_path, unreadable) == [""]  # type: ignore[arg-type]
        assert unreadable == {photo: message}


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ({"ETag": '"a"', "size": 3, "LastModified": "now"}, '"a" 3'),
        ({"etag": "a", "size": 3}, "a 3"),
        ({"Last-Modified": "now", "size": 3}, "now 3"),
        ({"Last-Modified": "now", "size": None}, None),
        ({"size": 3}, None),
    ],
)
def test_a_version_is_the_tag_or_size_and_date(info: dict[str, object], version: str) -> None:
    assert version_of(info) == version

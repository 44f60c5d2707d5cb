"""Photos behind URLs, on a bucket and on a server of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError, UnreachableError
from backbones.photos.folder import list_photos
from backbones.photos.lookup import find_photos
from backbones.remote import folder as remote_folder
from backbones.remote import photo as remote_photo
from backbones.remote.filesystem import open_filesystem
from backbones.remote.folder import RemoteFolder, find_urls, open_folder
from backbones.remote.url import parse_url
from tests.backbones.remote.server import Asked, reset, serving

FILES = {
    "a.jpg": b"first",
    "deep/b é#1.PNG": b"second",
    "c.jpg": b"third",
    ".hidden.jpg": b"",
    "node_modules/d.jpg": b"of a tool",
    "raw.cr2": b"of a camera",
    "notes.txt": b"no photo",
}


@pytest.fixture
def photos(bucket: Asked) -> RemoteFolder:
    """A folder in a bucket, with another one beside it."""
    system = open_filesystem("s3")
    for name, data in {f"photos/{name}": data for name, data in FILES.items()}.items():
        system.pipe_file(f"bucket/{name}", data)
    system.pipe_file("bucket/photos2/other.jpg", b"beside")
    bucket.requests.clear()
    found = open_folder("s3://bucket/photos/")
    assert isinstance(found, RemoteFolder)
    return found


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it tries again."""
    monkeypatch.setattr(remote_photo.time, "sleep", lambda _: None)


def test_a_folder_in_a_bucket_is_listed_as_one_on_the_disk(photos: RemoteFolder) -> None:
    listing = list_photos(photos)
    assert listing.names == ("a.jpg", "c.jpg", "deep/b é#1.PNG")
    assert listing.left_out == {"raw.cr2": "convert to JPEG or PNG"}


@pytest.mark.parametrize("one_by_one", [0, 1000])
def test_photos_of_a_bucket_are_found_and_read(
    photos: RemoteFolder, monkeypatch: pytest.MonkeyPatch, one_by_one: int
) -> None:
    monkeypatch.setattr(remote_folder, "ONE_BY_ONE", one_by_one)
    names = ["a.jpg", "deep\\b é#1.PNG", "c", "photos/A.JPEG", "s3://bucket/photos/c.jpg"]
    found = find_photos(photos, names)
    assert found.mistakes == {}
    assert str(found.paths["c"]) == "s3://bucket/photos/c.jpg"
    assert [found.paths[name].read_bytes() for name in names] == [
        b"first",
        b"second",
        b"third",
        b"first",
        b"third",
    ]


def test_a_photo_is_the_same_however_it_was_found(
    photos: RemoteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone,) = find_photos(photos, ["a.jpg"]).paths.values()
    monkeypatch.setattr(remote_folder, "ONE_BY_ONE", 0)
    (listed,) = find_photos(RemoteFolder(photos.url), ["a.jpg"]).paths.values()
    (named,) = find_urls([parse_url("s3://bucket/photos/a.jpg")])
    assert alone == listed == named
    assert alone.key == listed.key is not None  # type: ignore[union-attr]


def test_names_lead_nowhere_else(photos: RemoteFolder) -> None:
    outside = ["../photos2/other.jpg", "/a.jpg", "s3://bucket/photos2/other.jpg", "gs://bucket/a"]
    found = find_photos(photos, [*outside, "photos2/other.jpg", "z.jpg", "deep"])
    assert found.paths == {}
    assert {name for name in found.mistakes if name not in found.absent} == set(outside)
    for name in outside:
        assert found.mistakes[name].startswith("leads out of the folder")
    assert found.mistakes["z.jpg"].startswith("is not there")


def test_photos_that_are_there_are_asked_for_alone(photos: RemoteFolder, bucket: Asked) -> None:
    find_photos(photos, ["a.jpg", "c.jpg"])
    assert sorted(bucket.requests) == [
        ("HEAD", "/bucket/photos/a.jpg"),
        ("HEAD", "/bucket/photos/c.jpg"),
    ]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://bucket/none", "there is no folder s3://bucket/none; name the one that holds"),
        ("s3://nobody-has-this/photos", "does not exist; see to the name of the bucket, nobody-"),
    ],
)
def test_places_that_are_not_there_are_named(bucket: Asked, url: str, message: str) -> None:
    for use in (list_photos, lambda folder: find_photos(folder, ["a.jpg"])):
        with pytest.raises(InputError) as caught:
            use(open_folder(url))
        assert message in str(caught.value)
        assert url in str(caught.value)


def test_a_wrong_key_is_refused_in_one_line(photos: RemoteFolder, bucket: Asked) -> None:
    reset(bucket, checked=True)
    for use in (list_photos, lambda folder: find_photos(folder, ["a.jpg"])):
        with pytest.raises(UnreachableError) as caught:
            use(RemoteFolder(photos.url))
        assert str(caught.value).startswith("s3://bucket/photos: access denied: ")
        assert "AWS_PROFILE, or AWS_ACCESS_KEY_ID" in str(caught.value)
        assert "a-secret" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_no_key_is_said(photos: RemoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    open_filesystem.cache_clear()
    with pytest.raises(UnreachableError, match=r"there are no credentials; give .* FSSPEC_S3_ANON"):
        list_photos(RemoteFolder(photos.url))


def test_a_bucket_without_a_server_is_said(
    photos: RemoteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    open_filesystem.cache_clear()
    with pytest.raises(UnreachableError) as caught:
        list_photos(RemoteFolder(photos.url))
    assert str(caught.value).startswith("s3://bucket/photos: the connection failed: Connect call")
    assert str(caught.value).endswith("run the same command again: what was computed is kept")


def test_a_photo_that_went_is_no_fault_of_the_place(photos: RemoteFolder) -> None:
    (photo,) = find_photos(photos, ["a.jpg"]).paths.values()
    open_filesystem("s3").rm_file("bucket/photos/a.jpg")
    with pytest.raises(FileNotFoundError) as caught:
        photo.read_bytes()
    assert caught.value.strerror == "there is no such photo"


def test_photos_of_a_server_are_found_by_their_exact_names() -> None:
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    files = {f"/my photos/{name}": data for name, data in FILES.items()}
    with serving(files) as asked:
        folder = open_folder(f"{asked.address}/my%20photos")
        assert isinstance(folder, RemoteFolder)
        names = ["a.jpg", "deep/b é#1.PNG", ".\\c.jpg"]
        found = find_photos(folder, [*names, "c", "A.jpg", "../a.jpg", f"{folder}/a.jpg"])
        assert [found.paths[name].read_bytes() for name in names] == [b"first", b"second", b"third"]
        assert found.paths[f"{folder}/a.jpg"] == found.paths["a.jpg"]
        way_on = "; servers list no photos: write its exact name"
        assert found.mistakes == {
            "c": f"is not there{way_on}",
            "A.jpg": f"is not there{way_on}",
            "../a.jpg": f"leads out of the folder{way_on}",
        }
        with pytest.raises(InputError, match=r"servers list no photos; name them in a table"):
            list_photos(folder)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("denied", "the server refuses, with 403; give credentials that may list and read it"),
        ("busy", "the server answers with 503; wait a while, and run the same command again"),
        ("far", "sends on to http://example.com: photos would travel unencrypted"),
    ],
)
def test_servers_that_give_nothing_are_named(place: str, message: str) -> None:
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    with serving({}) as asked:
        folder = open_folder(f"{asked.address}/{place}")
        with pytest.raises(UnreachableError) as caught:
            find_photos(folder, ["a.jpg"])
        assert f"{folder}{':' if place != 'far' else ''} {message}" in str(caught.value)
        heads = len(asked.photos("HEAD"))
    assert heads == (3 if place == "busy" else 1)


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    with pytest.raises(UnreachableError, match="the connection failed: Connect call failed"):
        find_photos(open_folder("http://127.0.0.1:1/photos"), ["a.jpg"])


def test_a_server_may_send_on() -> None:
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    with serving({"/a.jpg": b"first"}) as asked:
        found = find_photos(open_folder(f"{asked.address}/round"), ["a.jpg"])
        assert found.paths["a.jpg"].read_bytes() == b"first"

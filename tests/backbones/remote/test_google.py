"""Photos in a bucket of Google's, as far as a few lines of its interface show."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from backbones.errors import InputError, UnreachableError
from backbones.photos.folder import list_photos
from backbones.photos.lookup import find_photos
from backbones.remote.filesystem import open_filesystem
from backbones.remote.folder import RemoteFolder, open_folder

FILES = {"photos/a é.jpg": b"first", "photos/deep/b.png": b"second", "photos2/c.jpg": b"beside"}

#: Of the bucket that nobody may read.
DENIED = "denied"


class Google(BaseHTTPRequestHandler):
    """The part of the JSON interface that lists and reads a bucket."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {key: value[0] for key, value in parse_qs(url.query).items()}
        _, _, place = unquote(url.path).partition("/b/")
        bucket, _, name = place.partition("/o/")
        if bucket.startswith(DENIED):
            self.send_error(401)
        elif place == "bucket/o/" or place == "bucket/o":
            start = asked.get("prefix", "")
            listed = [self.described(one) for one in FILES if one.startswith(start)]
            self.send(json.dumps({"items": listed}).encode())
        elif bucket == "bucket" and name in FILES:
            is_media = asked.get("alt") == "media"
            self.send(FILES[name] if is_media else json.dumps(self.described(name)).encode())
        else:
            self.send_error(404)

    def described(self, name: str) -> dict[str, str]:
        return {"name": name, "bucket": "bucket", "size": str(len(FILES[name])), "etag": "tag"}

    def send(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with suppress(ConnectionError):  # nobody waits for it any more
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pytest.importorskip("gcsfs", reason="the extra gcs is not installed")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Google)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
    open_filesystem.cache_clear()
    yield
    open_filesystem.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()


def test_photos_are_found_and_read() -> None:
    folder = open_folder("gs://bucket/photos")
    assert list_photos(folder).names == ("a é.jpg", "deep/b.png")
    found = find_photos(folder, ["A É.JPEG", "deep/b.png", "../photos2/c.jpg"])
    assert [photo.read_bytes() for photo in found.paths.values()] == [b"second", b"first"]
    assert list(found.mistakes) == ["../photos2/c.jpg"]
    assert isinstance(folder, RemoteFolder)
    (alone,) = RemoteFolder(folder.url).find(["a é.jpg"]).values()
    assert alone == found.paths["A É.JPEG"]
    assert alone.version == "tag 5"


def test_places_that_cannot_be_read_are_named() -> None:
    with pytest.raises(InputError, match="there is no folder gs://bucket/none; name the one"):
        list_photos(open_folder("gs://bucket/none"))
    with pytest.raises(UnreachableError, match=r"refuses, with 401; .* GOOGLE_APPLICATION_CREDENT"):
        list_photos(open_folder(f"gs://{DENIED}/photos"))

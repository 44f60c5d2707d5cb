from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from backbones.errors import InputError, UnreachableError
from backbones.photos import facts
from backbones.photos.digests import forget_digests, photo_digests
from backbones.photos.facts import remote_facts
from backbones.photos.sizes import photo_sizes
from backbones.remote import photo as remote_photo
from backbones.remote.folder import find_urls
from backbones.remote.photo import Photo, RemotePhoto
from backbones.remote.url import parse_url
from tests.backbones.remote.server import Asked, serving


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it tries again."""
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    monkeypatch.setattr(remote_photo.time, "sleep", lambda _: None)


def png(height: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (7, height)).save(content, "PNG")
    return content.getvalue()


FILES = {f"/{number:02d}.png": png(number + 1) for number in range(20)}


def found(asked: Asked, cache: Path, files: dict[str, bytes] = FILES) -> list[RemotePhoto]:
    photos = find_urls([parse_url(asked.address + name) for name in files], cache)
    asked.requests.clear()
    return [one for one in photos if isinstance(one, RemotePhoto)]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_digests_and_sizes_take_one_download(tmp_path: Path) -> None:
    (tmp_path / "local.png").write_bytes(png(50))
    with serving(FILES) as asked:
        photos: list[Photo] = [*found(asked, tmp_path), tmp_path / "local.png"]
        expected = [*map(digest, FILES.values()), digest(png(50))]
        assert photo_digests(photos, tmp_path) == expected
        assert photo_digests(photos[::-1], tmp_path) == expected[::-1]
        sizes = [*((number + 1, 7) for number in range(20)), (50, 7)]
        assert photo_sizes(photos, tmp_path) == sizes
        assert len(asked.photos()) == 20
        assert photo_sizes(photos) == sizes  # from what is kept of the downloads
        assert len(asked.photos()) == 20


def test_a_photo_is_known_by_its_version(tmp_path: Path) -> None:
    files = dict(FILES)
    with serving(files) as asked:
        photo_digests(found(asked, tmp_path), tmp_path)
        files["/03.png"] = png(99)
        photos = found(asked, tmp_path)
        assert photo_digests(photos, tmp_path)[3] == digest(png(99))
        assert asked.photos() == ["03.png"]
        assert photo_sizes(photos, tmp_path)[3] == (99, 7)


def test_what_came_before_a_lost_connection_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_BATCH", 8)
    monkeypatch.setattr(remote_photo, "CONNECTIONS", 1)
    with serving(FILES) as asked:
        photos = found(asked, tmp_path)
        asked.whole = 11
        with pytest.raises(UnreachableError):
            photo_digests(photos, tmp_path)
        assert asked.photos()[:12] == [name[1:] for name in FILES][:12]
        asked.whole = float("inf")
        asked.requests.clear()
        for file in (tmp_path / "downloads").iterdir():
            file.unlink()
        assert photo_digests(photos, tmp_path) == [*map(digest, FILES.values())]
        assert asked.photos() == [name[1:] for name in FILES][11:]


def test_all_is_downloaded_again_once_it_is_forgotten(tmp_path: Path) -> None:
    with serving(FILES) as asked:
        photos = found(asked, tmp_path / "cache")
        photo_digests(photos, tmp_path / "cache")
        forget_digests(tmp_path / "cache")
        assert not (tmp_path / "cache" / "remote").exists()


def test_a_damaged_digest_is_taken_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving({"/a.png": png(3)}) as asked:
        photos = found(asked, tmp_path, {"/a.png": b""})
        photo_digests(photos, tmp_path)
        file = tmp_path / "remote" / "data.mdb"
        raw, other = (bytes.fromhex(digest(png(height))) for height in (3, 4))
        file.write_bytes(file.read_bytes().replace(raw, other))
        assert photo_digests(photos, tmp_path) == [digest(png(3))]
    assert "is damaged (the digest of a photo)" in caplog.text


def test_sizes_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with serving({"/a.png": b"no photo", "/b.png": png(3)}) as asked:
        photos = found(asked, tmp_path, {"/a.png": b"", "/b.png": b""})
        remote_facts(photos, tmp_path)
        unsized: dict[Photo, list[str]] = {}
        assert photo_sizes(photos, tmp_path, unsized) == [(0, 0), (3, 7)]
        assert list(unsized) == photos[:1]
        assert "a.png: its size cannot be read" in unsized[photos[0]][0]
        with pytest.raises(InputError, match="its size cannot be read"):
            photo_sizes(photos, tmp_path)

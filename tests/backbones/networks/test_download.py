from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backbones.errors import InputError
from backbones.networks import download
from backbones.networks.download import Download, DownloadError, bring, check, weights_path
from backbones.progress import Advance
from tests.backbones.networks.server import WHOLE, serving

MD5 = hashlib.md5(WHOLE).hexdigest()
SHA256 = hashlib.sha256(WHOLE).hexdigest()


class Told:
    """Progress that is written down."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int]] = []
        self.steps: list[int] = []

    @contextmanager
    def stage(self, name: str, total: int, unit: str = "step") -> Iterator[Advance]:
        self.stages.append((name, total))
        yield self.steps.append


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A KERAS_HOME that is yet to be made."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving() as address:
        yield address


def left(home: Path) -> list[str]:
    """What lies in the folder of weights."""
    return sorted(path.name for path in (home / "models").glob("*"))


@pytest.mark.parametrize("digest", [MD5, SHA256, None])
def test_a_file_comes_whole_to_where_keras_looks_for_it(
    home: Path, server: str, digest: str | None
) -> None:
    told = Told()
    bring(Download("w.h5", f"{server}/whole", digest), told, "MobileNet")
    assert weights_path("w.h5") == home / "models" / "w.h5"
    assert (home / "models" / "w.h5").read_bytes() == WHOLE
    assert left(home) == ["w.h5"]
    assert told.stages == [("MobileNet", 3)]
    assert sum(told.steps) == 3


def test_a_file_of_unknown_length_comes_too(home: Path, server: str) -> None:
    told = Told()
    bring(Download("w.h5", f"{server}/endless", MD5), told)
    assert (home / "models" / "w.h5").read_bytes() == WHOLE
    assert told.stages == [("w.h5", 0)]


def test_one_that_is_there_is_not_fetched_but_checked(home: Path) -> None:
    there = Download("w.h5", "http://127.0.0.1:9/w.h5", SHA256)
    there.path.parent.mkdir(parents=True)
    there.path.write_bytes(WHOLE)
    bring(there)
    there.path.write_bytes(WHOLE[:-1])
    with pytest.raises(InputError, match=r"w\.h5 is damaged: its SHA-256 is \w+, expected \w+\. D"):
        bring(there)
    check(Download("w.h5", "", None))  # Keras states no digest of some


@pytest.mark.parametrize(
    ("place", "digest", "reason"),
    [
        ("/nothing", MD5, "HTTP Error 404: Not Found"),
        ("/half", MD5, "the answer breaks off after 1,280,000 of 2,560,000 bytes"),
        ("/whole", "0" * 32, f"what came is another file, of MD5 {MD5}"),
        ("/endless", "0" * 64, f"what came is another file, of SHA-256 {SHA256}"),
    ],
)
def test_what_fails_leaves_nothing_and_says_why_in_a_line(
    home: Path, server: str, place: str, digest: str, reason: str
) -> None:
    wanted = Download("w.h5", server + place, digest)
    with pytest.raises(DownloadError) as caught:
        bring(wanted)
    assert caught.value.reason == reason
    assert str(caught.value) == (
        f"w.h5 could not be fetched: {reason}; bring it from {server}{place} to {wanted.path}"
    )
    assert left(home) == []


def test_without_a_server_it_says_so(home: Path) -> None:
    with serving() as address:
        pass  # nobody listens there any more
    with pytest.raises(DownloadError, match=r"could not be fetched: Connection refused; bring"):
        bring(Download("w.h5", f"{address}/whole", MD5))
    with pytest.raises(DownloadError, match="the server's name is not known, as without a network"):
        bring(Download("w.h5", "http://no-such-host.invalid/w.h5", MD5))


def test_a_server_that_is_silent_is_given_up(
    home: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, timeout: float) -> None:
        assert timeout == 60
        raise TimeoutError("timed out")

    monkeypatch.setattr(download, "urlopen", silent)
    with pytest.raises(DownloadError, match="could not be fetched: timed out; bring"):
        bring(Download("w.h5", f"{server}/whole", MD5))


def test_a_folder_that_cannot_be_written_is_named(home: Path, server: str) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match=rf"(Not a directory|File exists): {home}"):
        bring(Download("w.h5", f"{server}/whole", MD5))


def test_what_is_stopped_leaves_nothing(
    home: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "_digest", stop)
    with pytest.raises(KeyboardInterrupt):
        bring(Download("w.h5", f"{server}/whole", MD5))
    assert left(home) == []


def test_the_home_may_be_that_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert weights_path("w.h5") == tmp_path / ".keras" / "models" / "w.h5"
    monkeypatch.setenv("KERAS_HOME", os.path.join("~", "k"))
    assert weights_path("w.h5") == tmp_path / "k" / "models" / "w.h5"
    monkeypatch.setenv("KERAS_HOME", "~nobody-at-all/k")  # as Keras takes it
    assert weights_path("w.h5") == Path("~nobody-at-all/k/models/w.h5")

"""A fit and predictions on photos in a bucket, and on a server."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backbones.remote import photo as remote_photo
from backbones.remote.filesystem import open_filesystem
from ensemble import BackboneFeatures, open_run
from ensemble.fit import main as fit_main
from ensemble.report.__main__ import main as report_main
from ensemble.submit import main as submit_main
from tests.backbones.remote.server import Asked, reset, serving

CONFIG = """\
data: {folder: ., images: "IMAGES", test: test.csv, columns: {name: file, target: level}}
backbones:
  - name: tiny
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [32, 32]
    layers: [conv_pw_2_relu]
    heads: [ridge]
folds: {n: 3}
engine: tensorflow
cache_dir: CACHE
"""

NAMES = [f"{'deep/' * (number % 2)}a photo é {number:02d}.png" for number in range(16)]


def drawn() -> dict[str, bytes]:
    draw, files = np.random.default_rng(0), {}
    for level, name in enumerate(NAMES):
        pixels = draw.integers(0, 56, (40, 48, 3)) + 12 * level
        content = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(content, "PNG")
        files[name] = content.getvalue()
    return files


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Photos, also in the folder ``photos`` of the working directory, with tables beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(remote_photo.time, "sleep", lambda _: None)
    files = drawn()
    for name, data in files.items():
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    rows = [f"{name},{level}" for level, name in enumerate(NAMES)]
    (tmp_path / "train.csv").write_text("\n".join(["file,level", *rows[:12]]))
    (tmp_path / "test.csv").write_text("\n".join(["file,level", *rows[12:]]))
    return files


@pytest.fixture
def filled(bucket: Asked, files: dict[str, bytes]) -> Asked:
    """The photos below ``s3://bucket/my/photos``."""
    system = open_filesystem("s3")
    for name, data in files.items():
        system.pipe_file(f"bucket/my/photos/{name}", data)
    bucket.requests.clear()
    return bucket


def fit(images: str, cache: str, run: str, *more: str) -> int:
    Path(f"{run}.yaml").write_text(CONFIG.replace("IMAGES", images).replace("CACHE", cache))
    return fit_main([f"{run}.yaml", *more])


URL = "s3://bucket/my/photos"


def rows_of(run: str) -> list[bytes]:
    return [(Path("runs") / run / name).read_bytes() for name in ("oof.csv", "appearance.csv")]


def test_photos_in_a_bucket_are_as_those_of_a_folder(
    filled: Asked, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit("photos", "cache", "local") == 0
    before = dict(computed)
    assert fit(URL, "cache", "shared") == 0
    assert computed == before  # both kinds share features and heads
    assert rows_of("shared") == rows_of("local")
    pages = [Path(f"runs/{run}/report.html").read_text() for run in ("local", "shared")]
    assert pages[0].count("data:image/webp") == pages[1].count("data:image/webp") > 0
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_nothing_is_downloaded_twice(
    filled: Asked, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit(URL, "cache", "first") == 0
    assert "downloading: 12 photos in " in capsys.readouterr().out
    assert sorted(filled.photos()) == sorted(Path(name).name for name in NAMES[:12])
    filled.requests.clear()
    assert fit(URL, "cache", "second", "--set", "backbones.tiny.image_size=[48, 48]") == 0
    assert computed["photos"] == 2 * 13
    assert report_main(["runs/first"]) == 0
    assert submit_main(["runs/first"]) == 0
    assert sorted(filled.photos()) == sorted(Path(name).name for name in NAMES[12:])
    filled.requests.clear()
    assert submit_main(["runs/first", "--images", URL, "--out", "all.csv"]) == 0
    assert filled.photos() == []
    assert capsys.readouterr().out.count("downloading") == 1  # of the test photos, once
    lines = Path("all.csv").read_text().splitlines()
    assert [line.rpartition(",")[0] for line in lines[1:]] == sorted(NAMES)


@pytest.mark.slow
def test_a_photo_that_changed_is_downloaded_again(filled: Asked, files: dict[str, bytes]) -> None:
    assert fit(URL, "cache", "first") == 0
    filled.requests.clear()
    open_filesystem("s3").pipe_file(f"bucket/my/photos/{NAMES[0]}", files[NAMES[15]])
    filled.requests.clear()
    assert fit(URL, "cache", "first") == 0
    assert filled.photos() == [Path(NAMES[0]).name]
    assert rows_of("first")[0].count(b"\n") == 13


@pytest.mark.parametrize("way", [pytest.param("error", marks=pytest.mark.slow), "skip"])
def test_a_lost_connection_ends_a_fit_and_the_next_goes_on(
    filled: Asked, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    filled.whole = 5
    assert fit(URL, "cache", "run", "--set", f"data.on_bad_photo={way}") == 1
    printed = capsys.readouterr().err
    assert printed.startswith("error: s3://bucket/my/photos")
    assert printed.count("\n") == 1
    assert "the connection failed" in printed
    assert "run the same command again: what was computed is kept" in printed
    filled.whole = float("inf")
    filled.requests.clear()
    assert fit(URL, "cache", "run", "--set", f"data.on_bad_photo={way}") == 0
    assert len(filled.photos()) == 7
    assert rows_of("run")[0].count(b"\n") == 13


def test_a_wrong_key_ends_a_fit_before_any_work(
    filled: Asked, capsys: pytest.CaptureFixture[str], computed: dict[str, int]
) -> None:
    reset(filled, checked=True)
    assert fit(URL, "cache", "run") == 1
    printed = capsys.readouterr().err
    assert printed.startswith("error: s3://bucket/my/photos: access denied: ")
    assert printed.count("\n") == 1
    assert computed == {"photos": 0, "fits": 0}


def test_photos_that_cannot_be_used_are_told_as_local_ones(
    filled: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    system = open_filesystem("s3")
    system.pipe_file(f"bucket/my/photos/{NAMES[0]}", b"no photo")
    system.rm_file(f"bucket/my/photos/{NAMES[1]}")
    assert fit(URL, "cache", "run") == 1
    assert f"line 3: '{NAMES[1]}' is not there" in capsys.readouterr().err
    assert fit(URL, "cache", "run", "--set", "data.on_bad_photo=skip") == 0
    rejected = Path("runs/run/rejected.csv").read_text().splitlines()
    assert rejected[1].startswith(f"{NAMES[0]},")
    assert "its 8 bytes start with b'no photo'" in rejected[1]
    assert rejected[2] == f"{NAMES[1]},it cannot be read: there is no such photo"


@pytest.mark.slow
def test_photos_on_a_server(
    files: dict[str, bytes], capsys: pytest.CaptureFixture[str], computed: dict[str, int]
) -> None:
    pytest.importorskip("aiohttp", reason="the extra http is not installed")
    assert fit("photos", "cache", "local") == 0
    with serving({f"/my photos/{name}": data for name, data in files.items()}) as asked:
        url = f"{asked.address}/my%20photos"
        assert fit(url, "other", "remote") == 0
        assert rows_of("remote") == rows_of("local")
        assert len(asked.photos()) == 12
        assert submit_main(["runs/remote", "--images", url]) == 1
        assert "servers list no photos; name them in a table (--test CSV)" in (
            capsys.readouterr().err
        )
        assert submit_main(["runs/remote", "--test", "test.csv", "--images", url]) == 0
        assert len(asked.photos()) == 16
        asked.requests.clear()
        assert fit(url, "other", "remote") == 0
        assert asked.photos() == []


@pytest.mark.slow
def test_urls_from_python(filled: Asked) -> None:
    assert fit(URL, "cache", "run") == 0
    run = open_run("runs/run")
    urls = [f"{URL}/{name}" for name in NAMES[:3]]
    table = run.predict(urls)
    local = run.predict([Path("photos") / name for name in NAMES[:3]])
    assert table["file"].tolist() == urls
    assert table["stack"].tolist() == local["stack"].tolist()
    assert len(run.predict(URL)) == 16
    spec = {"arguments": {"alpha": 0.25}, "weights": "random", "image_size": (32, 32)}
    features = BackboneFeatures("MobileNet", **spec, engine="tensorflow", cache_dir="cache")
    assert (
        features.fit_transform(urls)
        == features.fit_transform([str(Path("photos") / name) for name in NAMES[:3]])
    ).all()

"""A finished run, and photos that it is asked to predict."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ensemble.fit import main as fit_main
from ensemble.submit import main as submit_main


def test_a_folder_of_photos_serves_in_place_of_a_table(warm_project: Path) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    new = warm_project / "new"
    (new / "sub dir").mkdir(parents=True)
    for name in ("sub dir/ü.jpg", "b.jpg"):
        (new / name).write_bytes((warm_project / "data/images/test_0000.jpg").read_bytes())
    assert submit_main(["runs/small", "--images", "new", "--out", "out/counts.csv"]) == 0
    predictions = pd.read_csv(warm_project / "out" / "counts.csv")
    assert predictions["photo"].tolist() == ["b.jpg", "sub dir/ü.jpg"]
    assert predictions["faces"][0] == pytest.approx(predictions["faces"][1])
    assert (warm_project / "out" / "predictions.csv").is_file()


def test_a_test_table_keeps_its_rows_and_their_order(warm_project: Path) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    (warm_project / "few.csv").write_text("photo\ntest_0003.jpg\ntest_0001.jpg\n")
    assert submit_main(["--test", "few.csv"]) == 0
    predictions = pd.read_csv(warm_project / "runs" / "small" / "submission.csv")
    assert predictions["photo"].tolist() == ["test_0003.jpg", "test_0001.jpg"]


@pytest.mark.slow
def test_a_saved_model_and_a_sample_in_any_order_of_columns(
    warm_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    network = keras.applications.MobileNet(alpha=0.25, include_top=False, weights=None)
    network.save(warm_project / "own.keras")
    entry = "{name: own, model: own.keras, preprocessing: tf, image_size: [32, 32], heads: [ridge]}"
    settings = ["--set", f"backbones.other={entry}", "--set", "data.sample_submission=sample.csv"]
    fit_main(["small.yaml"])
    rows = "".join(f"1,test_{number:04}.jpg\n" for number in reversed(range(10)))
    (warm_project / "data" / "sample.csv").write_text(f"faces,photo\n{rows}")
    assert fit_main(["small.yaml", *settings]) == 0
    elsewhere = warm_project / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert submit_main([str(warm_project / "runs" / "small")]) == 0
    submission = pd.read_csv(warm_project / "runs" / "small" / "submission.csv")
    assert list(submission) == ["faces", "photo"]

    network.set_weights([0.5 * weight for weight in network.get_weights()])
    network.save(warm_project / "own.keras")
    assert submit_main([str(warm_project / "runs" / "small")]) == 1


def test_changed_files_changed_weights_and_runs_of_before_are_named(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    run = warm_project / "runs" / "small"
    backbones, manifest = run / "backbones.json", run / "manifest.json"
    recorded = json.loads(backbones.read_text())
    recorded["tiny"]["fingerprint"] = "0" * 64
    before, content = backbones.read_bytes(), json.dumps(recorded).encode()
    backbones.write_bytes(content)
    assert submit_main([]) == 1
    assert "backbones.json: has " in capsys.readouterr().err
    written = manifest.read_text()
    listed = json.loads(written)
    digest = hashlib.sha256(content).hexdigest()
    listed["files"]["backbones.json"] = {"bytes": len(content), "sha256": digest}
    manifest.write_text(json.dumps(listed))
    assert submit_main([]) == 1
    assert "  - tiny: weights random" in capsys.readouterr().err
    backbones.write_bytes(before)
    listed = json.loads(written)
    del listed["files"]["intervals.json"]
    manifest.write_text(json.dumps(listed))
    (run / "intervals.json").write_text('{"coverage": 0.9, "quantile": 1.0}')
    assert submit_main([]) == 1
    assert "intervals.json is not as a fit writes it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere holds no complete run"),
        (["--test", "none.csv"], "there is no file none.csv"),
        (["--images", "none"], "there is no folder none"),
        (["--out", "data"], "--out: data is a folder"),
        (["--out", "predictions.csv"], "take another name"),
    ],
)
def test_submit_fails_before_anything_is_predicted(
    warm_project: Path,
    computed: dict[str, int],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    computed.update(photos=0)
    assert submit_main(arguments) == 1
    assert message in capsys.readouterr().err
    assert computed["photos"] == 0


def test_files_of_the_user_stay_and_those_of_an_earlier_submit_do_not(
    warm_project: Path, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    mine = warm_project / "mine"
    mine.mkdir()
    (mine / "predictions.csv").write_text("my own work\n")
    (mine / "test.csv").write_text("photo\ntest_0003.jpg\n")
    computed.update(photos=0)
    refused = {
        "mine/s.csv": "mine/predictions.csv is there, and nothing in the cache says",
        "mine/test.csv": "mine/test.csv is read by this command",
        "runs/small/oof.csv": "runs/small/oof.csv is a file of the run",
        "data/images/test_0003.jpg": "data/images/test_0003.jpg is read by this command",
        "mine/s.csv.gz": "mine/s.csv.gz would hold a table in CSV, whatever .gz says; name a file",
        "small.yaml/s.csv": "small.yaml is a file; name another place",
    }
    for out, message in refused.items():
        assert submit_main(["--test", "mine/test.csv", "--out", out]) == 1
        assert message in capsys.readouterr().err
    assert computed["photos"] == 0
    assert (mine / "predictions.csv").read_text() == "my own work\n"
    capsys.readouterr()
    photo = (warm_project / "data/images/test_0003.jpg").read_bytes()
    forced = ["--test", "mine/test.csv", "--force", "--out", "data/images/test_0003.jpg"]
    assert submit_main(forced) == 1
    assert (warm_project / "data/images/test_0003.jpg").read_bytes() == photo
    forced = ["--test", "mine/test.csv", "--out", "mine/s.csv", "--force"]
    assert submit_main(forced) == 0
    assert submit_main(forced[:-1]) == 0  # now they are the program's
    (mine / "s.csv").write_text("photo,faces\ntest_0003.jpg,7\n")
    assert submit_main(forced[:-1]) == 1
    assert "mine/s.csv is there" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_is_named_before_anything_is_predicted(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    for place in ("small.yaml", "small.yaml/cache"):
        capsys.readouterr()
        assert submit_main(["--set", f"cache_dir={place}"]) == 1
        assert f"cache_dir, or ENSEMBLE_CACHE: {place}" in capsys.readouterr().err
        assert fit_main(["small.yaml", "--set", f"cache_dir={place}"]) == 2
        assert f"cache_dir, or ENSEMBLE_CACHE: {place}" in capsys.readouterr().err


def test_a_page_tells_how_like_those_of_the_fit_the_photos_are(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    assert submit_main(["--report"]) == 0
    run = warm_project / "runs" / "small"
    data = json.loads((run / "submission.json").read_text())
    assert "how like those of the fit the photos are: runs/small/submission.html" in (
        capsys.readouterr().out
    )
    groups = data["targets"]["groups"]
    assert [group["photos"] for group in groups] == [40, 40, 10]
    predictions = pd.read_csv(run / "predictions.csv")
    assert data["far"] == (predictions["novelty"] > 1).mean()
    assert "data:image/webp" in (run / "submission.html").read_text()
    before = {name: (run / name).read_bytes() for name in ("submission.html", "submission.json")}
    assert submit_main(["--report"]) == 0
    assert before == {name: (run / name).read_bytes() for name in before}


def test_photos_of_another_kind_are_warned_of_without_a_page(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    new = warm_project / "new"
    new.mkdir()
    noise = np.random.default_rng(0)
    for number in range(8):
        pixels = noise.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(new / f"{number}.png")
    assert submit_main(["--images", "new", "--out", "new.csv"]) == 0
    captured = capsys.readouterr()
    assert "8 of 8 new photos (100%) lie farther" in " ".join(captured.out.split())
    assert not (warm_project / "new.html").exists()


def test_a_page_of_the_user_stays(warm_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fit_main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    (warm_project / "runs" / "small" / "submission.html").write_text("mine")
    assert submit_main(["--report"]) == 1
    assert "submission.html" in capsys.readouterr().err
    assert (warm_project / "runs" / "small" / "submission.html").read_text() == "mine"
    assert not (warm_project / "runs" / "small" / "submission.csv").exists()

"""The whole way, on drawn pictures and a tiny network."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.engines.tensorflow import TensorFlowEngine
from backbones.photos import digests
from ensemble import fit, submit
from ensemble.runs import record
from ensemble.stacking import crossfit

CONFIG = """\
data:
  folder: ${FOLDER}/data
  test: test.csv
  boxes: boxes.csv
  columns: {name: photo, target: faces}
  render: {train: 40, test: 10}
backbones:
  - name: tiny
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [64, 64]
    layers: [conv_pw_3_relu]
    heads: [ridge, {head: svr, target: sqrt}]
  - name: other
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    weights_seed: 1
    image_size: [48, 48]
    layers: [conv_pw_2_relu]
    heads: [ridge]
folds: {n: 3}
engine: tensorflow
cache_dir: ${FOLDER}/cache
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOLDER", str(tmp_path))
    (tmp_path / "small.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many photos went through networks, and how many fits were fitted."""
    seen = {"photos": 0, "fits": 0}
    forward, piece = TensorFlowEngine.start, crossfit._fit

    def start(engine, photos, done):  # type: ignore[no-untyped-def]
        seen["photos"] += len(photos)
        forward(engine, photos, done)

    def fitted(*arguments):  # type: ignore[no-untyped-def]
        seen["fits"] += 1
        piece(*arguments)

    monkeypatch.setattr(TensorFlowEngine, "start", start)
    monkeypatch.setattr(crossfit, "_fit", fitted)
    return seen


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_from_pictures_to_a_submission(
    place: Path, work: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit.main(["small.yaml"]) == 0
    assert work == {"photos": 80, "fits": 3 * 7}
    run = place / "runs" / "small"
    names = ["tiny.ridge", "tiny.svr", "other.ridge"]

    oof = pd.read_csv(run / "oof.csv")
    assert list(oof) == ["name", "fold", "target", *names, "stack", "lower", "upper"]
    assert ((oof["lower"] < oof["stack"]) & (oof["stack"] < oof["upper"])).all()
    counts = pd.read_csv(place / "data" / "train.csv").set_index("photo")["faces"]
    assert (counts[oof["name"]].to_numpy() == oof["target"]).all()
    assert len(oof) == 40
    folds = pd.read_csv(run / "folds.csv").set_index("name")["fold"]
    assert (folds[oof["name"]].to_numpy() == oof["fold"]).all()

    board = pd.read_csv(run / "leaderboard.csv").set_index("name")
    for name in [*names, "stack"]:
        rmse = np.sqrt(np.mean((oof[name] - oof["target"]) ** 2))
        assert board.loc[name, "rmse"] == pytest.approx(rmse)
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["stack"]["rmse"] == pytest.approx(board.loc["stack", "rmse"])
    measured = metrics["intervals"]["measured"]["all"]
    inside = (oof["lower"] <= oof["target"]) & (oof["target"] <= oof["upper"])
    assert measured["share"] == pytest.approx(inside.mean())
    assert measured["mean_width"] == pytest.approx((oof["upper"] - oof["lower"]).mean())
    printed = capsys.readouterr().out
    assert f"0.9 intervals hold {measured['share']:.1%} of targets out of fold" in printed
    assert f"{board.loc['stack', 'rmse']:.3f}" in printed

    assert submit.main([]) == 0
    submission = pd.read_csv(run / "submission.csv")
    test = pd.read_csv(place / "data" / "test.csv")
    assert list(submission) == ["photo", "faces"]
    assert submission["photo"].tolist() == test["photo"].tolist()
    held_out = np.sqrt(np.mean((submission["faces"] - test["faces"]) ** 2))
    assert f"score on these 10 photos: RMSE {held_out:.3f}" in capsys.readouterr().out
    predictions = pd.read_csv(run / "predictions.csv")
    assert list(predictions) == ["photo", *names, "stack", "lower", "upper"]
    for end, sign in (("lower", -1), ("upper", 1)):
        error = np.sort(sign * (oof["target"] - oof["stack"]))[39 - 1]  # ceil(41 * 0.95)
        np.testing.assert_allclose(predictions[end], predictions["stack"] + sign * error)
    assert not predictions.isna().any().any()


def test_no_prediction_lies_outside_of_the_limits(place: Path, work: dict[str, int]) -> None:
    fit.main(["small.yaml"])
    table = pd.read_csv(place / "data" / "train.csv")
    table["faces"] = table["faces"].clip(0, 2)
    table.to_csv(place / "data" / "train.csv", index=False)
    limits = ["--set", "data.minimum=0", "--set", "data.maximum=2", "--set", "data.render=null"]
    fit.main(["small.yaml", *limits[-2:]])
    wide = pd.read_csv(place / "runs/small/oof.csv")
    assert not wide["stack"].between(0, 2).all()
    work.update(photos=0, fits=0)
    assert fit.main(["small.yaml", *limits]) == 0
    assert work == {"photos": 0, "fits": 0}
    oof = pd.read_csv(place / "runs/small/oof.csv")
    np.testing.assert_array_equal(oof["stack"], wide["stack"].clip(0, 2))
    metrics = json.loads((place / "runs/small/metrics.json").read_text())
    rmse = np.sqrt(np.mean((oof["stack"] - oof["target"]) ** 2))
    assert metrics["stack"]["rmse"] == pytest.approx(rmse)
    assert submit.main([]) == 0
    predictions = pd.read_csv(place / "runs/small/predictions.csv")
    for found in (oof, predictions):
        assert found[["stack", "lower", "upper"]].stack().between(0, 2).all()
    submission = pd.read_csv(place / "runs/small/submission.csv")
    np.testing.assert_allclose(submission["faces"], predictions["stack"])


def test_too_few_photos_leave_intervals_endless(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ["--set", "data.limit=20", "--set", "data.minimum=0"]
    assert fit.main(["small.yaml", *settings]) == 0
    assert "0.9 intervals are endless: there are too few photos" in capsys.readouterr().out
    content = json.loads((place / "runs/small/intervals.json").read_text())
    assert content["below"] is not None  # twenty photos are enough, those of two folds not
    assert content["above"] is not None
    metrics = json.loads((place / "runs/small/metrics.json").read_text())
    assert metrics["intervals"]["measured"]["all"]["mean_width"] is None
    oof = pd.read_csv(place / "runs/small/oof.csv")
    assert (oof["upper"] == np.inf).all()
    assert (oof["lower"] == 0).all()
    assert fit.main(["small.yaml", "--set", "data.limit=8", "--set", "stack=mean"]) == 0
    assert submit.main([]) == 0
    predictions = pd.read_csv(place / "runs/small/predictions.csv")
    assert (predictions["upper"] == np.inf).all()
    assert np.isfinite(predictions["stack"]).all()


def test_the_second_time_nothing_is_computed_and_the_files_are_the_same(
    place: Path, work: dict[str, int]
) -> None:
    fit.main(["small.yaml"])
    before = files(place / "runs" / "small")
    work.update(photos=0, fits=0)
    assert fit.main(["small.yaml"]) == 0
    assert work == {"photos": 0, "fits": 0}
    assert files(place / "runs" / "small") == before
    fit.main(["small.yaml", "--set", "stack=mean"])
    assert work == {"photos": 0, "fits": 0}
    fit.main(["small.yaml", "--set", "backbones.other.pooling=max"])
    assert work == {"photos": 40, "fits": 7}


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed, without what tells how far it is."""
    progress = re.compile(r"  \w+: \d+ x \d+, |extracting|fitting heads")
    return [line for line in capsys.readouterr().out.splitlines() if not progress.match(line)]


def test_an_unchanged_run_is_shown_again_and_a_touched_one_is_made_again(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    plain = record.draw_leaderboard
    monkeypatch.setattr(
        record, "draw_leaderboard", lambda *given: drawn.append("") or plain(*given)
    )
    fit.main(["small.yaml"])
    run = place / "runs" / "small"
    before, printed = files(run), shown(capsys)
    assert len(drawn) == 1
    assert fit.main(["small.yaml"]) == 0
    assert (len(drawn), shown(capsys)) == (1, printed)

    (run / "oof.csv").write_text("mine")
    (run / "members" / "tiny.svr" / "head.skops").unlink()
    assert fit.main(["small.yaml"]) == 0
    assert (len(drawn), shown(capsys)) == (2, printed)
    assert files(run) == before

    table = place / "data" / "train.csv"
    rows = pd.read_csv(table)
    rows.loc[0, "faces"] += 1
    rows.to_csv(table, index=False)
    assert fit.main(["small.yaml"]) == 0
    assert len(drawn) == 3
    assert shown(capsys) != printed


def test_a_run_from_scratch_has_the_same_bytes(place: Path) -> None:
    fit.main(["small.yaml", "--run-dir", "first"])
    code = "import sys; from ensemble import fit; sys.exit(fit.main(sys.argv[1:]))"
    settings = ["--set", f"cache_dir={place}/other"]
    command = [sys.executable, "-c", code, "small.yaml", "--run-dir", "second", *settings]
    source = Path(fit.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    first, second = files(place / "first"), files(place / "second")
    for name in ("config.yaml", "manifest.json"):  # they hold the place of the cache
        del first[name], second[name]
    assert first == second


def test_a_folder_of_photos_serves_in_place_of_a_table(place: Path) -> None:
    fit.main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    new = place / "new"
    (new / "sub dir").mkdir(parents=True)
    for name in ("sub dir/ü.jpg", "b.jpg"):
        (new / name).write_bytes((place / "data/images/test_0000.jpg").read_bytes())
    assert submit.main(["runs/small", "--images", "new", "--out", "out/counts.csv"]) == 0
    found = pd.read_csv(place / "out" / "counts.csv")
    assert found["photo"].tolist() == ["b.jpg", "sub dir/ü.jpg"]
    assert found["faces"][0] == pytest.approx(found["faces"][1])
    assert (place / "out" / "predictions.csv").is_file()


def test_a_test_table_keeps_its_rows_and_their_order(place: Path) -> None:
    fit.main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    (place / "few.csv").write_text("photo\ntest_0003.jpg\ntest_0001.jpg\n")
    assert submit.main(["--test", "few.csv"]) == 0
    found = pd.read_csv(place / "runs" / "small" / "submission.csv")
    assert found["photo"].tolist() == ["test_0003.jpg", "test_0001.jpg"]


def test_groups_and_weights_go_all_the_way(place: Path) -> None:
    fit.main(["small.yaml"])
    train = place / "data" / "train.csv"
    table = pd.read_csv(train)
    table["who"], table["w"] = [f"p{n % 7}" for n in range(40)], 1.0
    table.to_csv(train, index=False)
    settings = ["--set", "data.columns.group=who", "--set", "data.columns.weight=w"]
    assert fit.main(["small.yaml", "--set", "folds.method=group", *settings]) == 0
    folds = pd.read_csv(place / "runs/small/folds.csv").set_index("name")["fold"]
    assert all(folds[group["photo"]].nunique() == 1 for _, group in table.groupby("who"))


def test_copies_of_a_photo_are_kept_in_one_fold(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit.main(["small.yaml"])
    images = place / "data" / "images"
    (images / "train_0001.jpg").write_bytes((images / "train_0000.jpg").read_bytes())
    assert fit.main(["small.yaml"]) == 0
    assert "1 photos are copies of others" in capsys.readouterr().out
    folds = pd.read_csv(place / "runs/small/folds.csv").set_index("name")["fold"]
    assert folds["train_0000.jpg"] == folds["train_0001.jpg"]


DENSITY = """\
  - name: maps
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [64, 64]
    layers: [conv_pw_1_relu, conv_pw_3_relu]
    pooling: none
    heads: [{head: density, parameters: {stride: 8, width: 12, least_steps: 5, epochs: 1}}]
"""


def test_a_density_head_is_a_member_as_any_other(place: Path, work: dict[str, int]) -> None:
    config = CONFIG.replace("folds: {n: 3}", f"{DENSITY}folds: {{n: 3}}")
    (place / "small.yaml").write_text(config)
    assert fit.main(["small.yaml"]) == 0
    # The maps come from the forward pass that the rows of `tiny` come from.
    assert work == {"photos": 80, "fits": 4 * 7}
    before = files(place / "runs" / "small")
    assert "members/maps.density/network.keras" in before
    curves = pd.read_csv(place / "runs/small/curves/maps.density.csv")
    assert list(curves) == ["left_out", "epoch", "map", "count"]
    assert submit.main([]) == 0
    found = pd.read_csv(place / "runs" / "small" / "predictions.csv")
    assert (found["maps.density"] > 0).all()
    assert fit.main(["small.yaml"]) == 0
    assert work["fits"] == 4 * 7
    fit.main(["small.yaml", "--set", "data.boxes=null"])
    assert work["fits"] == 5 * 7  # for boxes are what the density head alone has learned from


FAILURES = [
    (["none.yaml"], 2, "there is no config none.yaml"),
    (["small.yaml", "--set", "folds.n"], 2, "--set takes KEY=VALUE"),
    (["small.yaml", "--set", "folds.m=3"], 2, "folds.m: unknown key"),
    (["small.yaml", "--set", "folds.n=50"], 1, "folds.n: 50 folds need as many photos"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), FAILURES)
def test_it_fails_with_a_code_and_a_message_and_no_traceback(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    assert fit.main(arguments) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_bad_photos_are_all_named_and_the_run_before_stays(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit.main(["small.yaml"])
    before = files(place / "runs" / "small")
    for name in ("train_0003.jpg", "train_0030.jpg"):
        (place / "data" / "images" / name).write_bytes(b"no photo")
    assert fit.main(["small.yaml"]) == 1
    error = capsys.readouterr().err
    assert "train_0003.jpg" in error
    assert "train_0030.jpg" in error
    assert files(place / "runs" / "small") == before


def test_a_photo_that_changed_behind_its_date_is_found_out_and_read_again(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_path_alone = lambda path, _: hashlib.sha256(bytes(path)).digest()  # noqa: E731
    monkeypatch.setattr(digests, "_state", by_path_alone)
    fit.main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    images = place / "data" / "images"
    (images / "train_0003.jpg").write_bytes((images / "test_0000.jpg").read_bytes())
    command = ["small.yaml", "--set", "backbones.other.pooling=max"]
    assert fit.main(command) == 1
    assert "train_0003.jpg: it changed since this run began; run again" in capsys.readouterr().err
    assert fit.main(command) == 0


def test_ctrl_c_says_how_to_go_on(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(crossfit, "_fit", interrupted)
    assert fit.main(["small.yaml"]) == 130
    error = capsys.readouterr().err
    assert "stopped; what was computed is kept, and the same command goes on" in error


@pytest.mark.parametrize("module", ["ensemble.fit", "ensemble.submit"])
def test_help_is_short_and_imports_nothing_heavy(module: str) -> None:
    text = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", module, "--help"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert len(text.stdout.splitlines()) < 30
    assert re.search(r"examples?:\n +python -m " + module, text.stdout)
    for heavy in ("tensorflow", "keras", "sklearn", "pandas", "numpy", "pydantic"):
        assert f" {heavy}\n" not in text.stderr


def imported(module: str, *arguments: str) -> set[str]:
    """What a command imports from the shell, `tensorflow` and the like."""
    command = [sys.executable, "-X", "importtime", "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(fit.__file__).parents[1])}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_what_was_computed_before_needs_no_tensorflow(place: Path) -> None:
    pytest.importorskip("openvino")
    head = "{head: mlp, parameters: {layers: [8], optimizer: adam, epochs: 3}}"
    settings = [f"backbones.other.heads=[{head}]", "engine=openvino"]
    given = [word for setting in settings for word in ("--set", setting)]
    assert fit.main(["small.yaml", *given]) == 0
    again = imported("ensemble.fit", "small.yaml", *given)
    assert not again & {"tensorflow", "keras", "matplotlib", "skops"}
    other = imported("ensemble.fit", "small.yaml", *given, "--set", "stack=ridge")
    assert {"matplotlib", "skops"} <= other
    assert not other & {"tensorflow", "keras"}
    submitted = imported("ensemble.submit", "runs/small")
    assert "openvino" in submitted
    assert not submitted & {"tensorflow", "keras"}
    predictions = pd.read_csv(place / "runs" / "small" / "predictions.csv")
    assert predictions["other.mlp"].between(-5, 20).all()


VARIANTS = [
    ["folds.repeats=2"],
    ["folds.method=stratified", "stack=ridge"],
    ["stack=KNeighborsRegressor", "score.set_aside_above=8"],
    ["folds.n=2", "stack=mean"],
    ["data.limit=20", "backbones.tiny.heads=[ridge]", "backbones.other.resize=letterbox"],
    ["intervals.coverage=0.5", "data.maximum=12"],
    ["backbones.tiny.flip=true", "backbones.other.pooling={grid: [2, 2]}", "seed=7"],
]


@pytest.mark.parametrize("settings", VARIANTS, ids=" ".join)
def test_variants_go_all_the_way(place: Path, settings: list[str]) -> None:
    given = [word for setting in settings for word in ("--set", setting)]
    assert fit.main(["small.yaml", *given]) == 0
    assert submit.main([]) == 0
    board = pd.read_csv(place / "runs/small/leaderboard.csv").set_index("name")
    members = board[board["kind"] == "member"]
    if "stack=" not in " ".join(settings):
        assert board.loc["stack", "rmse"] <= members["rmse"].min()
    assert len(pd.read_csv(place / "runs/small/submission.csv")) == 10


def test_the_curves_of_an_mlp_are_kept(place: Path) -> None:
    head = "{head: mlp, parameters: {layers: [8], optimizer: adam, epochs: 3}}"
    assert fit.main(["small.yaml", "--set", f"backbones.other.heads=[{head}]"]) == 0
    run = place / "runs" / "small"
    curves = pd.read_csv(run / "curves" / "other.mlp.csv", dtype={"left_out": str})
    assert list(curves) == ["left_out", "epoch", "loss", "val_loss"]
    assert curves["left_out"].fillna("").unique().tolist() == [
        "0",
        "1",
        "2",
        "0+1",
        "0+2",
        "1+2",
        "",
    ]
    assert curves["epoch"].tolist() == 7 * [1, 2, 3]
    assert (run / "members" / "other.mlp" / "network.keras").is_file()
    assert submit.main([]) == 0


def test_a_density_is_shown_on_photos_it_has_not_seen(place: Path) -> None:
    entry = (
        "{name: other, application: MobileNet, arguments: {alpha: 0.25}, weights: random, "
        "image_size: [64, 64], resize: letterbox, layers: [conv_pw_3_relu], pooling: none, "
        "heads: [{head: density, parameters: {stride: 8, width: 12, epochs: 1, least_steps: 5}}]}"
    )
    settings = ["--set", f"backbones.other={entry}", "--set", "stack=mean"]
    assert fit.main(["small.yaml", *settings, "--run-dir", "first"]) == 0
    assert fit.main(["small.yaml", *settings, "--run-dir", "second"]) == 0
    sheet = (place / "first" / "contact_sheet.png").read_bytes()
    assert sheet == (place / "second" / "contact_sheet.png").read_bytes()
    with Image.open(BytesIO(sheet)) as picture:
        assert picture.size == (1500, 951)
    assert fit.main(["small.yaml", "--set", "stack=mean", "--run-dir", "second"]) == 0
    assert not (place / "second" / "contact_sheet.png").exists()


def test_a_saved_model_and_a_sample_in_any_order_of_columns(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    network = keras.applications.MobileNet(alpha=0.25, include_top=False, weights=None)
    network.save(place / "own.keras")
    entry = "{name: own, model: own.keras, preprocessing: tf, image_size: [32, 32], heads: [ridge]}"
    settings = ["--set", f"backbones.other={entry}", "--set", "data.sample_submission=sample.csv"]
    fit.main(["small.yaml"])
    (place / "data" / "sample.csv").write_text("faces,photo\n1,test_0000.jpg\n")
    assert fit.main(["small.yaml", *settings]) == 0
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert submit.main([str(place / "runs" / "small")]) == 0
    submission = pd.read_csv(place / "runs" / "small" / "submission.csv")
    assert list(submission) == ["faces", "photo"]

    network.set_weights([0.5 * weight for weight in network.get_weights()])
    network.save(place / "own.keras")
    assert submit.main([str(place / "runs" / "small")]) == 1


def test_changed_files_changed_weights_and_runs_of_before_are_named(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit.main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    run = place / "runs" / "small"
    backbones, manifest = run / "backbones.json", run / "manifest.json"
    said = json.loads(backbones.read_text())
    said["tiny"]["fingerprint"] = "0" * 64
    content = json.dumps(said).encode()
    backbones.write_bytes(content)
    assert submit.main([]) == 1
    assert "backbones.json: has " in capsys.readouterr().err
    listed = json.loads(manifest.read_text())
    digest = hashlib.sha256(content).hexdigest()
    listed["files"]["backbones.json"] = {"bytes": len(content), "sha256": digest}
    manifest.write_text(json.dumps(listed))
    assert submit.main([]) == 1
    assert "  - tiny: weights random" in capsys.readouterr().err
    del listed["files"]["intervals.json"]
    manifest.write_text(json.dumps(listed))
    (run / "intervals.json").write_text('{"coverage": 0.9, "quantile": 1.0}')
    assert submit.main([]) == 1
    assert "has no intervals.json as this version writes it" in capsys.readouterr().err


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
    place: Path,
    work: dict[str, int],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    fit.main(["small.yaml", "--set", "backbones.tiny.heads=[ridge]"])
    work.update(photos=0)
    assert submit.main(arguments) == 1
    assert message in capsys.readouterr().err
    assert work["photos"] == 0


def test_a_folder_of_somebody_elses_files_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit.main(["small.yaml", "--run-dir", "."]) == 1
    assert "--run-dir: . holds files that are not of a run" in capsys.readouterr().err
    assert fit.main(["small.yaml", "--run-dir", "small.yaml"]) == 1
    assert "small.yaml is a file; name a folder" in capsys.readouterr().err

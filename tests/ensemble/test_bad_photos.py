"""Photos that cannot be used: an error, left out, or filled in; never in silence."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble import Run, fit, open_run
from ensemble.submit import main as submit_main
from tests.ensemble.brightness import draw_photos, pooled_entry, save_network

#: How each photo is spoiled, and what is said of it.
BAD = {
    "01.png": "No such file",
    "03.png": "it is empty",
    "05.png": "damaged or cut short",
    "07.png": "not a whole photo of JPEG",
    "09.png": "Is a directory",
}


def spoil(folder: Path) -> None:
    missing, empty, cut, other, directory = (folder / name for name in BAD)
    cut.write_bytes(cut.read_bytes()[:300])
    other.write_text("%PDF-1.4")
    empty.write_bytes(b"")
    missing.unlink()
    directory.unlink()
    directory.mkdir()


def config(folder: Path, **data: Any) -> dict[str, Any]:
    model = str(folder / "small.keras")
    columns = {"name": "photo", "target": "light"}
    return {
        "data": {"folder": str(folder), "columns": columns, **data},
        "backbones": [{**pooled_entry(model), "heads": ["ridge"]}],
        "folds": {"n": 2},
        "stack": "mean",
        "engine": "tensorflow",
        "cache_dir": str(folder / "cache"),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four photos, five of which cannot be used, and a table of those that can."""
    place = tmp_path_factory.mktemp("bad")
    train = draw_photos(place / "images")
    train["photo"] = train["photo"].map(lambda path: Path(path).name)
    train.to_csv(place / "train.csv", index=False)
    train[~train["photo"].isin(BAD)].to_csv(place / "good.csv", index=False)
    save_network(place / "small.keras")
    spoil(place / "images")
    return place


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fit(config(folder, on_bad_photo="skip", test="train.csv"), run_dir=folder / "run")


def test_a_fit_leaves_them_out_before_the_folds_are_made(folder: Path, run: Run) -> None:
    alone = fit(config(folder, train="good.csv"), run_dir=folder / "alone")
    pd.testing.assert_frame_equal(run.oof, alone.oof)
    assert (run.metrics["photos"], run.metrics["rejected"]) == (19, 5)
    listed = pd.read_csv(run.folder / "rejected.csv")
    assert listed["photo"].tolist() == list(BAD)
    assert [said in reason for said, reason in zip(BAD.values(), listed["reason"], strict=True)]
    assert not listed["reason"].str.contains("images/").any()
    assert not (alone.folder / "rejected.csv").exists()


def test_an_unchanged_run_says_so_again_and_nothing_is_computed(
    folder: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    before = (run.folder / "manifest.json").read_bytes()
    with caplog.at_level(logging.WARNING, logger="ensemble"):
        fit(config(folder, on_bad_photo="skip", test="train.csv"), run_dir=run.folder)
    assert "5 of 24 photos cannot be used: left out; " in caplog.text
    assert str(run.folder / "rejected.csv") in caplog.text
    assert (run.folder / "manifest.json").read_bytes() == before


def test_by_default_they_are_an_error_as_is_a_fit_of_too_few(folder: Path) -> None:
    with pytest.raises(InputError, match=r"2 of 24 photos are not in .*images"):
        fit(config(folder), run_dir=folder / "none")
    few = {**config(folder, on_bad_photo="skip"), "folds": {"n": 20}}
    with pytest.raises(InputError, match=r"19 of 24 photos can be used, and folds\.n: 20") as error:
        fit(few, run_dir=folder / "none")
    assert [name in said for name, said in zip(BAD, error.value.mistakes, strict=True)]
    (folder / "bad.csv").write_text("photo,light\n" + "".join(f"{name},1\n" for name in BAD))
    with pytest.raises(InputError, match=r"0 of 5 photos can be used"):
        fit(config(folder, train="bad.csv", on_bad_photo="skip"), run_dir=folder / "none")
    with pytest.raises(InputError, match=r"data\.on_bad_photo: must be 'error' or 'skip'"):
        fit(config(folder, on_bad_photo="fill"), run_dir=folder / "none")
    (folder / "out.csv").write_text("photo,light\n../out.csv,1\n00.png,2\n")
    with pytest.raises(InputError, match="leads out of the folder"):
        fit(config(folder, train="out.csv", on_bad_photo="skip"), run_dir=folder / "none")


@pytest.mark.parametrize("keep", [True, False])
def test_predictions_leave_them_out_or_are_filled(folder: Path, run: Run, keep: bool) -> None:
    paths = [folder / "images" / name for name in ("00.png", "05.png", "01.png", "02.png")]
    good = run.predict([paths[0], paths[3]], keep=keep)
    skipped = run.predict(paths, on_bad_photo="skip", keep=keep)
    pd.testing.assert_frame_equal(skipped, good)
    filled = run.predict(paths, on_bad_photo="fill", keep=keep)
    assert filled["photo"].tolist() == [str(path) for path in paths]
    assert filled["filled"].tolist() == [False, True, True, False]
    median = pd.read_csv(folder / "good.csv")["light"].median()
    assert filled["stack"][1:3].tolist() == pytest.approx([median] * 2)
    assert filled["stack"][[0, 3]].tolist() == good["stack"].tolist()
    assert filled.loc[1, ["small.ridge", "lower", "upper", "novelty"]].isna().all()
    for way in ("skip", "fill"):
        with pytest.raises(InputError, match=r"0 of 2 photos can be used"):
            run.predict(paths[1:3], on_bad_photo=way, keep=keep)
    with pytest.raises(InputError, match=r"0[15]\.png"):
        run.predict(paths, keep=keep)


def test_images_in_memory_and_a_way_that_is_none(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    good = np.full((32, 32, 3), 90, np.uint8)
    deep = Image.fromarray(np.zeros((8, 8), np.int32))
    table = run.predict([good, deep], on_bad_photo="skip")
    assert table["photo"].tolist() == ["0"]
    assert "1 of 2 photos cannot be used, and so left out:" in caplog.text
    assert "1: its pixels are 32-bit" in caplog.text
    with pytest.raises(InputError, match=r"there is no 'skp'; did you mean skip\?"):
        run.predict([good], on_bad_photo="skp")  # type: ignore[arg-type]


def test_a_photo_that_changes_meanwhile_stays_an_error(
    folder: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "a.png"
    other.write_bytes((folder / "images" / "00.png").read_bytes())
    monkeypatch.setattr("ensemble.prediction.predictor.photo_digests", lambda *_: ["0" * 64])
    with pytest.raises(InputError, match="it changed since this run began"):
        run.predict([other], on_bad_photo="skip", keep=True)


def test_submit_lists_them_beside_the_submission(
    folder: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.csv"
    command = [str(run.folder), "--out", str(out)]
    assert submit_main(command) == 1
    assert submit_main([*command, "--on-bad-photo", "skip"]) == 0
    assert "5 of 24 photos cannot be used, and so left out:" in capsys.readouterr().out
    assert len(pd.read_csv(out)) == 19
    assert pd.read_csv(tmp_path / "rejected.csv")["photo"].tolist() == list(BAD)
    assert submit_main([*command, "--on-bad-photo", "fill"]) == 0
    assert pd.read_csv(out)["photo"].tolist() == pd.read_csv(folder / "train.csv")["photo"].tolist()
    details = pd.read_csv(tmp_path / "predictions.csv")
    assert details.loc[details["filled"], "photo"].tolist() == list(BAD)
    # In the run's own folder lies the list of the fit, which stays.
    before = (run.folder / "rejected.csv").read_bytes()
    assert submit_main([str(run.folder), "--on-bad-photo", "skip"]) == 0
    assert (run.folder / "submission-rejected.csv").is_file()
    assert (run.folder / "rejected.csv").read_bytes() == before
    assert open_run(run.folder)


def test_no_row_of_a_sample_submission_is_left_out(
    folder: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "sample.csv").write_text((folder / "train.csv").read_text())
    plain = open_run(run.folder)
    data = plain.config.data.model_copy(update={"sample_submission": "sample.csv"})
    with_sample = plain.config.model_copy(update={"data": data})
    monkeypatch.setattr(Run, "config", with_sample)
    assert submit_main([str(run.folder), "--on-bad-photo", "skip"]) == 2
    assert "rows would be missing; say --on-bad-photo fill" in capsys.readouterr().err


def test_without_the_targets_nothing_is_filled_in(folder: Path, run: Run, tmp_path: Path) -> None:
    from ensemble.runs.folder import RunFolder
    from ensemble.runs.predictions import target_median

    assert target_median(run.files) == pytest.approx(run.oof["target"].median())
    with pytest.raises(InputError, match=r"oof\.csv with the targets is not there"):
        target_median(RunFolder(tmp_path, {}))

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.config.config import Config
from ensemble.metric import Metric
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.rejected import Rejected
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.runs.predictions import Predictions, fill
from ensemble.runs.sample import sample_columns
from ensemble.runs.submission import Submission
from ensemble.runs.submitted import Submitted
from ensemble.storage.outputs import Outputs

NAMES = [
    ("run/submission.csv", "run/predictions.csv"),
    ("my-submission.csv", "my-predictions.csv"),
    ("counts.csv", "predictions.csv"),
]


PHOTOS = NewPhotos(np.array(["a.jpg", "b.jpg"]), (Path("a.jpg"), Path("b.jpg")))
TABLE = pd.DataFrame({"name": PHOTOS.names, "m.ridge": [1.0, 2.0], "stack": [1.5, 2.5]})
TABLE = TABLE.assign(lower=TABLE["stack"] - 0.5, upper=TABLE["stack"] + 0.5)
BAD = {1: Rejected("b.jpg", "damaged, or cut short")}


def submission(out: Path, cache: Path, **changes: Any) -> Submission:
    return Submission(out, "name", "target", ["name", "target"], Outputs(cache), **changes)


@pytest.mark.parametrize(("out", "details"), NAMES)
def test_packs_in_one_folder_have_predictions_of_their_own(out: str, details: str) -> None:
    found = submission(Path(out), Path("cache"))
    assert found.details == Path(details)
    assert found.rejected == Path(details.replace("predictions", "rejected"))


def test_what_is_left_out_is_listed_and_a_list_of_before_does_not_stay(tmp_path: Path) -> None:
    out, cache = tmp_path / "s.csv", tmp_path / "cache"
    skipping = submission(out, cache, lists_rejected=True)
    skipping.write(Predictions(TABLE.head(1), BAD), PHOTOS.take([0]))
    listed = pd.read_csv(tmp_path / "rejected.csv")
    assert listed.to_numpy().tolist() == [["b.jpg", "damaged, or cut short"]]
    assert pd.read_csv(out).to_numpy().tolist() == [["a.jpg", 1.5]]
    skipping.write(Predictions(TABLE), PHOTOS)
    assert (tmp_path / "rejected.csv").read_text() == "name,reason\n"
    submission(out, cache).write(Predictions(TABLE), PHOTOS)
    assert not (tmp_path / "rejected.csv").exists()
    (tmp_path / "rejected.csv").write_text("mine")
    submission(out, cache).write(Predictions(TABLE), PHOTOS)
    assert (tmp_path / "rejected.csv").read_text() == "mine"
    with pytest.raises(InputError, match=r"rejected\.csv is there"):
        skipping.check_places([])


def test_a_filled_row_has_the_median_and_nothing_else() -> None:
    full = fill(TABLE.head(1), PHOTOS.names, BAD, {"stack": 7.0})
    assert full["name"].tolist() == ["a.jpg", "b.jpg"]
    assert full["stack"].tolist() == [1.5, 7.0]
    assert full["filled"].tolist() == [False, True]
    assert full["m.ridge"].isna().tolist() == [False, True]


def written(folder: Path) -> RunFolder:
    run = RunWriter(folder, "key")
    run.text("rejected.csv", "name,reason\n")
    run.text("oof.csv", "name,target\n")
    return run.close()


@pytest.mark.parametrize("name", ["oof.csv", "manifest.json", "curves/../oof.csv"])
def test_no_file_of_the_run_is_written_over(tmp_path: Path, name: str) -> None:
    run = written(tmp_path / "run")
    (tmp_path / "run" / "curves").mkdir()
    forced = Submission(
        tmp_path / "run" / name, "n", "t", ["n", "t"], Outputs(tmp_path, force=True), run=run
    )
    with pytest.raises(InputError, match="is a file of the run"):
        forced.check_places([])


def test_in_the_run_the_list_has_a_name_of_its_own(tmp_path: Path) -> None:
    run = written(tmp_path / "run")
    found = submission(run.folder / "submission.csv", tmp_path, lists_rejected=True, run=run)
    assert found.rejected == run.folder / "submission-rejected.csv"
    found.check_places([])


def test_no_list_of_an_earlier_command_stays_whatever_its_name(tmp_path: Path) -> None:
    run, out = written(tmp_path / "run"), tmp_path / "run" / "submission.csv"
    skipping = submission(out, tmp_path / "cache", lists_rejected=True, run=run)
    skipping.write(Predictions(TABLE.head(1), BAD), PHOTOS.take([0]))
    assert (run.folder / "submission-rejected.csv").is_file()
    submission(out, tmp_path / "cache", run=run).write(Predictions(TABLE), PHOTOS)
    assert not (run.folder / "submission-rejected.csv").exists()
    assert (run.folder / "rejected.csv").is_file()  # the run's own

    skipping.write(Predictions(TABLE.head(1), BAD), PHOTOS.take([0]))
    fewer = RunWriter(run.folder, "other").close()  # has no list any more
    submission(out, tmp_path / "cache", run=fewer).write(Predictions(TABLE), PHOTOS)
    assert not (run.folder / "submission-rejected.csv").exists()


def test_rows_that_were_filled_have_no_part_in_the_score(tmp_path: Path) -> None:
    known = replace(PHOTOS, target=np.array([1.0, 100.0]))
    predictions = Predictions(fill(TABLE.head(1), PHOTOS.names, BAD, {"stack": 7.0}), BAD)
    filling = submission(tmp_path / "s.csv", tmp_path / "cache", lists_rejected=True)
    rows = filling.write(predictions, known)
    lines = Submitted.measure(filling, rows, known, predictions).summary()
    assert "score on 1 photo, without those that were filled (1): RMSE 0.5" in lines[-1]
    predictions = Predictions(TABLE)
    rows = filling.write(predictions, known)
    lines = Submitted.measure(filling, rows, known, predictions).summary()
    assert "score on 2 photos: RMSE" in lines[-1]


def test_the_score_is_by_the_metric_of_the_run_where_targets_have_one(tmp_path: Path) -> None:
    predictions = Predictions(TABLE)
    one = submission(tmp_path / "s.csv", tmp_path / "cache")
    known = replace(PHOTOS, target=np.array([1.0, 100.0]))
    rows = one.write(predictions, known)
    found = Submitted.measure(one, rows, known, predictions, Metric("mape"))
    assert re.search(r"2 photos: MAPE 0\.\d+ ± \S+, RMSE \S+, MAE \S+$", found.summary()[-1])
    assert list(found.content()["scores"])[:2] == ["mape", "mape_standard_error"]
    unknown = replace(PHOTOS, target=np.array([0.0, 100.0]))
    found = Submitted.measure(one, rows, unknown, predictions, Metric("mape"))
    assert "score on 2 photos: RMSE" in found.summary()[-1]
    assert found.summary()[-1].endswith(
        "(MAPE divides by the target, which is 0 for 1 of 2 photos)"
    )


def test_a_place_that_may_not_be_looked_at_is_no_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = os.stat

    def locked(path: Any, *arguments: Any, **others: Any) -> os.stat_result:
        if "locked" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, *arguments, **others)

    monkeypatch.setattr(os, "stat", locked)
    asked = submission(tmp_path / "locked" / "s.csv", tmp_path / "cache")
    with pytest.raises(InputError, match=r"s\.csv cannot be written: Permission denied"):
        asked.check_places([tmp_path / "test.csv"])


@pytest.mark.parametrize("name", ["predictions.csv", "Predictions.CSV", "rejected.csv"])
def test_two_files_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is written beside the submission; take another name"):
        submission(tmp_path / name, tmp_path, lists_rejected=True).check_places([])


def test_what_the_command_reads_is_not_written_over_by_force(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("name\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "test.csv")
    for name in ("test.csv", "link.csv"):
        forced = Submission(tmp_path / name, "n", "t", ["n", "t"], Outputs(tmp_path, force=True))
        with pytest.raises(InputError, match="is read by this command"):
            forced.check_places([tmp_path / "test.csv"])


@pytest.mark.parametrize("content", ["target;name\n0;a\n", "target,name\n0,0\n"])
def test_a_sample_is_written_as_the_config_says_or_as_in_a_pack(
    content: str, tmp_path: Path
) -> None:
    (tmp_path / "sample.csv").write_text(content)
    data = {"folder": str(tmp_path), "sample_submission": "sample.csv", "separator": ";"}
    entry = {"name": "one", "application": "MobileNet", "heads": ["ridge"]}
    config = Config.model_validate({"data": data, "backbones": [entry]})
    assert sample_columns(config) == ["target", "name"]
    (tmp_path / "sample.csv").write_text("target|name\n0|a\n")
    with pytest.raises(InputError, match="separator looks like"):
        sample_columns(config)

"""What versions left in a run that kept no records of submissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from ensemble.runs.earlier import adopt_earlier, name_stale
from ensemble.runs.folder import RunWriter
from ensemble.storage.outputs import Outputs

DETAILS = "photo,m.ridge,stack,lower,upper\n007,1.0,1.25,1.0,2.0\nNA,2.0,2.5,2.0,3.0\n"
OURS = "photo,faces\n007,1.25\nNA,2.5\n"


@pytest.mark.parametrize(
    ("submission", "details", "known"),
    [
        (OURS, DETAILS, True),
        (OURS.replace("2.5", "2"), DETAILS, False),  # edited
        (OURS + "c,1\n", DETAILS, False),
        (OURS.replace("faces", "count"), DETAILS, False),
        (OURS, DETAILS.replace("stack", "mine"), False),
        (OURS, "my own work\n", False),
        (OURS, "", False),
        (OURS, None, False),
        (None, DETAILS, False),
    ],
)
def test_only_files_that_agree_are_the_programs(
    tmp_path: Path, submission: str | None, details: str | None, known: bool
) -> None:
    folder = RunWriter(tmp_path / "run", "key").close().folder
    outputs = Outputs(tmp_path / "cache")
    out, beside = folder / "submission.csv", folder / "predictions.csv"
    for path, content in ((out, submission), (beside, details)):
        if content is not None:
            path.write_text(content)
    adopt_earlier(outputs, out, beside, ["photo", "faces"], "photo")
    assert (outputs.wrote(out), outputs.wrote(beside)) == (known, known)


def test_what_is_recorded_and_was_edited_since_is_the_users(tmp_path: Path) -> None:
    folder = RunWriter(tmp_path / "run", "key").close().folder
    outputs = Outputs(tmp_path / "cache")
    out, beside = folder / "submission.csv", folder / "predictions.csv"
    for path, content in ((out, OURS), (beside, DETAILS)):
        with outputs.write(path, "--out") as partial:
            partial.write_text(content)
    out.write_text(OURS.replace("2.5", "7"))
    beside.write_text(DETAILS.replace("2.5", "7"))  # as if it had been written so
    adopt_earlier(outputs, out, beside, ["photo", "faces"], "photo")
    assert not outputs.wrote(out)


def test_a_submission_of_before_a_fit_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name_stale(tmp_path)
    assert caplog.messages == []
    (tmp_path / "submission.csv").touch()
    name_stale(tmp_path)
    assert caplog.messages == [
        f"{tmp_path}: of a fit before, to be written anew by ensemble.submit: submission.csv"
    ]

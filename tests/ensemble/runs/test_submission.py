from __future__ import annotations

from pathlib import Path

import pytest

from ensemble.runs.submission import Submission

NAMES = [
    ("run/submission.csv", "run/predictions.csv"),
    ("my-submission.csv", "my-predictions.csv"),
    ("counts.csv", "predictions.csv"),
]


@pytest.mark.parametrize(("out", "details"), NAMES)
def test_packs_in_one_folder_have_predictions_of_their_own(out: str, details: str) -> None:
    assert Submission(Path(out), "name", "target", ["name", "target"]).details == Path(details)

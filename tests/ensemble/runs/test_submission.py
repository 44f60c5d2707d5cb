from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.config.config import Config
from ensemble.runs.submission import Submission, sample_columns

NAMES = [
    ("run/submission.csv", "run/predictions.csv"),
    ("my-submission.csv", "my-predictions.csv"),
    ("counts.csv", "predictions.csv"),
]


@pytest.mark.parametrize(("out", "details"), NAMES)
def test_packs_in_one_folder_have_predictions_of_their_own(out: str, details: str) -> None:
    assert Submission(Path(out), "name", "target", ["name", "target"]).details == Path(details)


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

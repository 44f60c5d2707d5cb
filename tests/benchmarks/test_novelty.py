from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import novelty
from tests.ensemble.runs.small import config, fit_small


@pytest.mark.slow
def test_a_run_tells_changed_photos_from_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = config(tmp_path)["data"] | {"test": "train.csv"}
    run = fit_small(tmp_path, data=data)
    figures, other = tmp_path / "figures.json", str(tmp_path / "new")
    arguments = [str(run.folder), "--photos", "12", "--json", str(figures), "--other", other]
    monkeypatch.setattr(sys, "argv", ["novelty", *arguments])
    novelty.main()
    rows = {row["photos"]: row for row in json.loads(figures.read_text())["rows"]}
    assert list(rows) == [*novelty.CHANGES, "others: new"]
    assert rows["as they are"] == {"photos": "as they are", "beyond 1": "0%", "area": 0.5}
    assert rows["dark, a sixth as bright"]["area"] > 0.9
    assert capsys.readouterr().out.startswith("| photos | beyond 1 | area |")

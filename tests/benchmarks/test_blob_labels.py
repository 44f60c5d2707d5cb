from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import blob_labels, blobs


def test_quarters_hold_the_points_in_a_square_of_each_picture(tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    blobs.draw(folder, blobs.TRAINING + 2, seed=1)
    blob_labels.draw_labels(folder, seed=1)
    areas = pd.read_csv(folder / "quarters/areas.csv").set_index("picture")
    assert len(areas) == blobs.TRAINING
    np.testing.assert_allclose(areas["xmax"] - areas["xmin"], blobs.SIDE / 2)
    assert pd.read_csv(folder / "quarters/train.csv")["blobs"].isna().all()
    points, labelled = (pd.read_csv(folder / one / "points.csv") for one in (".", "quarters"))
    assert 0.2 < len(labelled) / len(points) < 0.3
    of_points = areas.loc[labelled["picture"]].reset_index()
    assert labelled["x"].between(of_points["xmin"], of_points["xmax"]).all()
    few = pd.read_csv(folder / "few/train.csv")
    assert len(few) == blobs.TRAINING // 4
    assert few["blobs"].sum() == len(pd.read_csv(folder / "few/points.csv"))


@pytest.mark.slow
def test_its_table_has_each_kind_of_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "figures.json"
    arguments = ["--photos", "36", "--weights", "random", "--json", str(kept)]
    monkeypatch.setattr(sys, "argv", ["blob_labels", *arguments])
    blob_labels.main()
    rows = json.loads(kept.read_text())["rows"]
    assert [row["labelled"] for row in rows] == list(blob_labels.LABELS.values())
    assert min(row["mean absolute error"] for row in rows) > 0

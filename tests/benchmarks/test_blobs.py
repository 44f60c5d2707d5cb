from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from benchmarks import blobs


def test_a_point_lies_on_every_blob(tmp_path: Path) -> None:
    pixels, centres = blobs.picture(np.random.default_rng(0))
    assert pixels.shape == (blobs.SIDE, blobs.SIDE, 3)
    assert blobs.LEAST <= len(centres) <= blobs.MOST
    columns, rows = centres.astype(int).T
    assert np.median(pixels[rows, columns]) > 2 * np.median(pixels)


def test_the_seed_decides_and_only_training_pictures_have_points(tmp_path: Path) -> None:
    blobs.draw(tmp_path / "one", blobs.TRAINING + 2, seed=1)
    blobs.draw(tmp_path / "again", blobs.TRAINING + 2, seed=1)
    for file in ("points.csv", "train.csv", "test.csv", "images/000.png"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    train = pd.read_csv(tmp_path / "one" / "train.csv").set_index("picture")["blobs"]
    points = pd.read_csv(tmp_path / "one" / "points.csv")
    assert points.groupby("picture").size().to_dict() == train.to_dict()
    assert len(train) == blobs.TRAINING
    quarters = pd.read_csv(tmp_path / "one" / "quarters.csv")
    test = pd.read_csv(tmp_path / "one" / "test.csv").set_index("picture")["blobs"]
    assert quarters.groupby("picture")["blobs"].sum().to_dict() == test.to_dict()
    assert len(pd.read_csv(tmp_path / "one" / "test.csv")) == 2
    with Image.open(tmp_path / "one" / "images" / "033.png") as last:
        assert last.size == (blobs.SIDE, blobs.SIDE)


@pytest.mark.slow
def test_its_table_has_every_member_and_the_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "figures.json"
    arguments = ["--photos", "36", "--weights", "random", "--json", str(kept)]
    monkeypatch.setattr(sys, "argv", ["blobs", *arguments])
    blobs.main()
    rows = json.loads(kept.read_text())["rows"]
    names = ["pooled.ridge", "maps.density", "stack"]
    names.append("quarters of labelled pictures, out of fold")
    assert [row["prediction"] for row in rows[:4]] == names
    assert rows[4]["prediction"].startswith("quarters of new pictures, ")
    assert min(row["mean absolute error"] for row in rows) > 0

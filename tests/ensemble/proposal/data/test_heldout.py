from __future__ import annotations

from pathlib import Path

import ensemble
from tests.ensemble.proposal.drawn import NAMES, data, draw_labelled


def test_a_test_table_of_another_folder_is_left_to_submit(here: Path) -> None:
    draw_labelled(here / "d/train", NAMES, here / "d/train.csv", "f,v", "{name},{number}")
    draw_labelled(here / "d/test", NAMES[:5], here / "d/test.csv", "f", "{name}")
    proposal = ensemble.init("d")
    assert data(proposal)["images"] == "train"
    assert "test" not in data(proposal)
    way = "python -m ensemble.submit --test d/test.csv --images d/test"
    assert f"test table d/test.csv: to predict it, {way}" in proposal.seen

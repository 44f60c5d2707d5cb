from __future__ import annotations

import json

import numpy as np
import pytest

from ensemble.report.outlook import look_at
from ensemble.scoring.scores import score
from tests.ensemble.report.made_up_new import predicted


def test_targets_and_predictions_stand_over_the_same_bars() -> None:
    new = predicted()
    found = look_at(new).targets
    assert [group.name for group in found.groups] == [
        "targets of the fit",
        "predictions of the fit",
        "new predictions",
    ]
    for group in found.groups:
        assert len(group.shares) == len(found.edges) - 1
        assert sum(group.shares) == pytest.approx(1)
    targets, _, predictions = found.groups
    assert targets.mean == new.known["target"].mean()
    assert predictions.quantiles[2] == new.table["stack"].median()
    assert np.allclose(np.array(found.edges) % 1, 0.5)  # the targets are whole numbers


def test_bars_of_targets_that_are_not_whole_span_them() -> None:
    known = predicted().known / 7
    found = look_at(predicted(known=known, table=predicted().table / 7)).targets
    assert len(found.edges) == 41
    assert found.edges[0] < found.edges[-1]


def test_the_widest_intervals_come_first_and_of_these_the_farthest() -> None:
    table = predicted(far=3).table.copy()
    table["lower"], table["upper"] = 0.0, 30.0
    table.loc["0050.jpg", "upper"] += 5
    found = look_at(predicted(table=table))
    assert [one.name for one in found.uncertain[:3]] == ["0050.jpg", "0000.jpg", "0001.jpg"]
    assert found.certain[0].name == "0003.jpg"
    assert [one.novelty for one in found.farthest[:3]] == pytest.approx([1.6, 1.35, 1.1])
    assert found.far == 0.03


def test_one_photo_is_in_no_two_rows_of_certainty() -> None:
    found = look_at(predicted(count=1, far=0))
    assert (len(found.certain), len(found.uncertain), len(found.farthest)) == (1, 0, 1)
    few = look_at(predicted(count=5, far=0))
    assert not {one.name for one in few.certain} & {one.name for one in few.uncertain}


def test_a_run_that_cannot_tell_novelty_shows_the_rest() -> None:
    found = look_at(predicted(own=None))
    assert (found.novelty, found.far, found.farthest) == (None, None, ())
    assert found.uncertain[0].novelty is None


def test_the_data_is_json_and_says_what_was_left_out() -> None:
    new = predicted(scores=score(np.ones(3), np.zeros(3)), rejected=2)
    content = json.loads(look_at(new).to_json())
    assert content["sentence"] == (
        "100 new photos, predicted by runs/seeds, which was fitted on 300 photos; 2 others are "
        "not shown, as they cannot be used."
    )
    assert content["scores"]["rmse"] == 1.0

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ensemble.report.analysis import analyse
from ensemble.report.selection import EACH
from tests.ensemble.report.made_up import MEMBERS, evidence, numbers


def test_the_levels_hold_all_scored_photos_and_their_bias() -> None:
    oof = numbers()
    before = analyse(evidence(oof)).levels
    high = oof["stack"] > oof["stack"].median()
    oof.loc[high, "stack"] += 2
    levels = analyse(evidence(oof)).levels
    assert [one.photos for one in levels] == [30] * 10
    assert all(one.low <= one.high for one in levels)
    assert levels[-1].bias == pytest.approx(before[-1].bias + 2)
    assert levels[0].bias == pytest.approx(before[0].bias)
    error = (oof["stack"] - oof["target"]).to_numpy()
    np.testing.assert_allclose(np.mean([one.bias for one in levels]), error.mean())


def test_the_correlation_is_that_of_the_errors() -> None:
    oof = numbers()
    errors = np.stack([oof[name] - oof["target"] for name in MEMBERS])
    np.testing.assert_allclose(analyse(evidence(oof)).correlation, np.corrcoef(errors))


def test_photos_that_are_set_aside_are_neither_shown_nor_counted() -> None:
    oof = numbers()
    oof.loc[5, "target"] = 1000.0
    contents = analyse(evidence(oof, {"score": {"set_aside_above": 40}}))
    views = [*contents.worst, *contents.typical, *contents.best]
    assert "0005.jpg" not in [one.name for one in views]
    assert sum(one.photos for one in contents.levels) == len(oof) - 1
    assert max(contents.target) == 1000  # the charts show it


def test_repeats_are_averaged_and_the_worst_photos_come_first() -> None:
    once = numbers()
    twice = pd.concat([once, once.assign(stack=once["stack"] + 1, fold=once["fold"] + 3)])
    contents = analyse(evidence(twice.reset_index(drop=True)))
    assert len(contents.target) == len(once)
    error = (once["stack"] + 0.5 - once["target"]).abs()
    assert contents.worst[0].name == once["name"][error.idxmax()]
    assert [len(row) for row in (contents.worst, contents.typical, contents.best)] == [EACH] * 3


def test_the_curves_of_fits_without_one_fold_and_of_the_final_head_are_shown() -> None:
    curves = pd.DataFrame(
        {"left_out": ["0", "0", "0+1", ""], "epoch": [1, 2, 1, 1], "loss": [3.0, 2.0, 9.0, 4.0]}
    )
    found = analyse(evidence(curves={"one.mlp": curves})).curves
    assert [(one.left_out, one.values) for one in found] == [("0", (3.0, 2.0)), ("", (4.0,))]


def test_the_data_are_plain_json() -> None:
    oof = numbers()
    oof["upper"] = np.inf
    content = json.loads(analyse(evidence(oof)).to_json(), parse_constant=pytest.fail)
    assert content["worst"][0]["upper"] is None
    assert content["scores"][0]["name"] == "stack"
    assert content["gains"][0]["over"] == MEMBERS[0]

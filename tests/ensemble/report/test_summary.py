from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ensemble.report.summary import at_hand, fit_summary
from tests.ensemble.report.page.test_density_view import made_up

METRICS: dict[str, Any] = {
    "stack": {"form": "nnls", "rmse_interval": [374_310.2, 442_984.9]},
    "intervals": {
        "coverage": 0.9,
        "measured": {
            "all": {"share": 0.893, "mean_width": 1_433_871.4, "photos": 300},
            "predictions_up_to_median": {"share": 0.9, "mean_width": 1e6, "photos": 300},
        },
    },
}


def test_its_numbers_are_in_the_targets_own_measure() -> None:
    assert fit_summary(METRICS, Path("runs/a")) == [
        "0.9 intervals hold 89.3% of targets out of fold (90.0% of the lower half of predictions); "
        "mean width 1,430,000",
        "stack: nnls, RMSE between 374,000 and 443,000 in 95 % of draws of photos",
        "run: runs/a; now: python -m ensemble.submit runs/a",
    ]


def test_another_metric_and_what_came_of_rounding_are_said() -> None:
    rounding = {"rounded": True, "whole": 0.25, "plain": 0.3125}
    stack = {"form": "relative", "mape_all": 0.3, "mape_interval": [0.25, 0.35]}
    lines = fit_summary({**METRICS, "stack": stack | {"rounding": rounding}}, Path("runs/a"))
    assert lines[1].startswith("stack: relative, MAPE between 0.25 and 0.35 in 95 %")
    assert lines[2] == "predictions are whole numbers: MAPE 0.25, as they were 0.3125"
    rounding |= {"rounded": False}
    lines = fit_summary({**METRICS, "stack": stack | {"rounding": rounding}}, Path("runs/a"))
    assert lines[2] == "predictions are not rounded: MAPE is 0.3125, of whole numbers 0.25"


def test_what_columns_and_photos_add_is_a_line_each() -> None:
    score = {
        "rmse": 397_084.8,
        "standard_error": 11_950.0,
        "mae": 1.0,
        "rmse_all": 1.0,
        "photos": 9,
    }
    metrics = METRICS | {
        "scores": dict.fromkeys(("columns alone", "photos alone"), score),
        "gains": {
            "columns alone": {"mean_squared_error": 1.5e9, "standard_error": 1e9},
            "photos alone": {"mean_squared_error": 52_384.0, "standard_error": 1_200.0},
        },
    }
    assert fit_summary(metrics, Path("runs/a"))[1:3] == [
        "columns alone: RMSE 397,000; photos lower its square by 1,500,000,000 ± 1,000,000,000: "
        "what photos add is within what comes by chance",
        "photos alone: RMSE 397,000; columns lower its square by 52,400 ± 1,200",
    ]


@pytest.mark.parametrize(
    ("backbones", "found", "line"),
    [
        ((), 0, ""),
        (("a", "b"), 0, "at hand: features of a, b"),
        ((), 3, "at hand: 3 of 10 fits of heads"),
        (("a",), 5, "at hand: features of a; 5 of 10 fits of heads"),
    ],
)
def test_what_was_at_hand_is_one_line(
    backbones: tuple[str, ...], found: int, line: str, tmp_path: Path
) -> None:
    fits = made_up(tmp_path)[2]  # four folds, and the head of all photos
    assert at_hand(backbones, [replace(fits, at_hand=found), fits]) == line

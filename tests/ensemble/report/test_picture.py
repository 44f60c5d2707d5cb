from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ensemble.report.picture import draw_leaderboard
from ensemble.scoring.intervals import Intervals, Scale
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.scores import Scores


def drawn(quantile: float) -> Any:
    scores = {name: Scores(rmse, 0.1, rmse, rmse, 9) for name, rmse in (("stack", 1), ("b.a", 2))}
    leaderboard = Leaderboard(scores, {"stack": "stack", "b.a": "member"})
    intervals = Intervals(0.9, Scale(np.zeros(1), np.ones(1)), quantile, quantile)
    target = np.arange(9.0)
    content = draw_leaderboard(
        leaderboard, target, target, lambda p: intervals.around(p, (0.0, np.inf)), "faces"
    )
    assert content == draw_leaderboard(
        leaderboard, target, target, lambda p: intervals.around(p, (0.0, np.inf)), "faces"
    )
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"), dtype=int)


@pytest.mark.parametrize("quantile", [2.0, 4.0])
def test_the_band_is_as_wide_as_the_intervals(quantile: float) -> None:
    tint = (drawn(quantile) != drawn(0.0)).any(axis=2).sum()
    half = (drawn(quantile / 2) != drawn(0.0)).any(axis=2).sum()
    assert tint > 1.5 * half > 1000


def test_endless_intervals_are_not_drawn() -> None:
    np.testing.assert_array_equal(drawn(np.inf), drawn(0.0))

from __future__ import annotations

from ensemble.report.places import place_lines

REGIONS = {
    "coverage": 0.9,
    "measured": {"all": 0.9001, "predictions_above_median": 0.893, "mean_width": 1.2},
    "quarters": {"rmse": 0.49105, "mae": 0.3099, "mean_count": 1.0649},
}
POINTS = {"precision": 0.9468, "recall": 0.7795, "objects": 19608, "points": 16144}


def test_what_was_measured_is_said() -> None:
    regions, points = place_lines({"regions": REGIONS, "points": POINTS})
    assert regions == (
        "parts of photos: quarters of photos, with 1.06 on average: RMSE 0.491, MAE 0.31; 0.9 "
        "intervals hold 90.0% of boxes out of fold (89.3% of the upper half of predictions)"
    )
    assert points == (
        "points: 94.7% of 16,144 lie on an object of their own, and 78.0% of 19,608 objects have "
        "one, out of fold (precision and recall; in the object's box, or one cell from its point)"
    )


def test_what_was_not_is_not() -> None:
    assert place_lines(None) == []
    assert place_lines({"regions": None, "points": None}) == []
    (line,) = place_lines({"regions": {**REGIONS, "quarters": None}, "points": None})
    assert line.startswith("parts of photos: 0.9 intervals hold")

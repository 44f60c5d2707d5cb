from __future__ import annotations

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.scoring.scores import interval, score


def test_scores_are_those_of_the_definitions() -> None:
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=(2, 50))
    found = score(p, y)
    assert found.rmse == pytest.approx(np.sqrt(np.mean((p - y) ** 2)))
    assert found.mae == pytest.approx(np.mean(np.abs(p - y)))
    assert (found.rmse_all, found.photos) == (found.rmse, 50)


def test_the_standard_error_is_that_of_a_bootstrap() -> None:
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=(2, 400))
    rows = draw.integers(0, 400, (4000, 400))
    bootstrap = np.sqrt(np.mean((p - y)[rows] ** 2, axis=1)).std()
    assert score(p, y).standard_error == pytest.approx(bootstrap, rel=0.05)


def test_photos_set_aside_count_only_in_rmse_all() -> None:
    y = np.array([1.0, 2.0, 50.0])
    found = score(np.array([1.0, 4.0, 0.0]), y, set_aside_above=40)
    assert (found.rmse, found.mae, found.photos) == (pytest.approx(np.sqrt(2)), 1.0, 2)
    assert found.rmse_all == pytest.approx(np.sqrt(2504 / 3))
    with pytest.raises(InputError, match=r"set_aside_above: no photo has a target up to 0\.5"):
        score(y, y, set_aside_above=0.5)


def test_a_weight_of_two_is_a_photo_twice() -> None:
    y, p = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 1.0])
    weighted = score(p, y, weight=np.array([1.0, 2.0, 1.0]))
    twice = score(p[[0, 1, 1, 2]], y[[0, 1, 1, 2]])
    assert (weighted.rmse, weighted.mae) == (pytest.approx(twice.rmse), pytest.approx(twice.mae))


def test_repeats_are_averaged_by_photo() -> None:
    y = np.array([0.0, 0.0])
    found = score(np.array([[1.0, 2.0], [3.0, 0.0]]), y)
    assert found.rmse == pytest.approx(np.sqrt((5 + 2) / 2))
    assert found.photos == 2


def test_the_interval_is_as_wide_as_the_standard_error_says() -> None:
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=(2, 400))
    found = score(p, y)
    low, high = interval(p, y)
    assert low < found.rmse < high
    assert high - low == pytest.approx(2 * 1.96 * found.standard_error, rel=0.06)


def test_the_interval_leaves_out_what_the_score_does() -> None:
    y = np.array([1.0, 2.0, 50.0, 3.0])
    p = np.array([1.0, 4.0, 0.0, 9.0])
    weight = np.array([1.0, 2.0, 1.0, 0.0])
    low, high = interval(p, y, weight, set_aside_above=40)
    assert (low, high) == (0.0, pytest.approx(2.0))
    assert interval(p, y, np.array([0.0, 1.0, 0.0, 0.0])) == (2.0, 2.0)

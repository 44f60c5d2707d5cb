from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ensemble.report.selection import select_photos


def test_the_best_and_the_typical_are_spread_over_the_targets_of_their_tenth() -> None:
    """100 photos, their error growing with their position; the target runs through 0 to 9."""
    target = np.arange(100.0) % 10
    errors = np.arange(100.0) * np.where(np.arange(100) % 2, 1, -1)
    found = select_photos(target, target + errors, each=4)
    assert found.best.tolist() == [0, 3, 6, 9]
    assert found.typical.tolist() == [50, 53, 46, 49]  # of 45 to 54
    assert found.worst.tolist() == [99, 98, 97, 96]


def test_many_perfect_photos_show_many_targets() -> None:
    """Of 200 photos 40 are perfect, most of them with a target of 1; 20 of these may be shown."""
    target = np.tile([1.0] * 15 + [2.0, 5.0, 9.0, 0.0, 4.0] + [3.0] * 80, 2)
    wrong = np.tile([False] * 20 + [True] * 80, 2)
    found = select_photos(target, target + wrong, each=5)
    assert target[found.best].tolist() == [0, 1, 1, 1, 9]
    assert not wrong[found.best].any()


@pytest.mark.parametrize(("photos", "each"), [(1, 1), (2, 1), (5, 1), (6, 2), (14, 4), (15, 5)])
def test_few_photos_give_a_third_to_each_row_and_none_twice(photos: int, each: int) -> None:
    errors = np.random.default_rng(0).integers(0, 4, photos).astype(float)
    found = select_photos(np.zeros(photos), errors, each=5)
    rows = [found.best, found.typical, found.worst]
    assert [len(row) for row in rows] == [each] * 3
    if photos >= 3:
        assert len(np.unique(rows)) == 3 * each
    for better, worse in pairwise(rows):
        assert errors[better].max() <= errors[worse].min()

from __future__ import annotations

import numpy as np
import pytest

from ensemble.densities.matching import match_points
from ensemble.densities.peaks import find_peaks
from ensemble.heads.density_map import density_map


@pytest.mark.parametrize("distance", [1, 2, 3])
def test_objects_small_and_large_are_each_one_point_of_score_1(distance: int) -> None:
    boxes = np.array([[0.1, 0.1, 0.1, 0.1], [0.5, 0.4, 0.9, 0.9]])
    found = find_peaks(density_map(boxes, (20, 30))[np.newaxis], distance)
    assert found.score.tolist() == pytest.approx([1, 1], abs=1e-6)
    places = sorted(zip(found.x.round(3).tolist(), found.y.round(3).tolist(), strict=True))
    assert places == [(pytest.approx(3), pytest.approx(2)), (pytest.approx(21), pytest.approx(13))]
    matched = match_points(found, [boxes], (20, 30))
    assert matched.tolist() == [True, True]


def test_photos_are_apart_and_nothing_has_no_points() -> None:
    densities = np.zeros((3, 4, 5))
    densities[0, 0, 0], densities[2, 3, 4] = 1, 0.5
    densities[2, 0, 0] = 0.01  # noise
    found = find_peaks(densities, 1)
    assert found.photo.tolist() == [0, 2]
    assert found.score.tolist() == pytest.approx([1, 0.5])
    assert found.x.tolist() == pytest.approx([0.5, 4.5])
    assert not len(find_peaks(np.zeros((2, 1, 1)), 3).photo)


def test_an_even_plateau_is_one_point() -> None:
    found = find_peaks(np.full((1, 6, 6), 1 / 36), 1)
    assert found.score.tolist() == pytest.approx([1])
    assert (found.x[0], found.y[0]) == pytest.approx((3, 3))


def test_nearer_than_the_distance_are_one() -> None:
    densities = np.zeros((1, 9, 9))
    densities[0, 4, 2] = densities[0, 4, 5] = 0.6
    assert len(find_peaks(densities, 1).score) == 2
    assert find_peaks(densities, 3).score.tolist() == pytest.approx([1.2])


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("turned", [False, True])
def test_objects_that_touch_are_points_of_their_own(count: int, turned: bool) -> None:
    density = np.zeros((1, 9, 9))
    density[0, 4, 1 : 1 + 2 * count] = 0.5  # each is two cells wide
    density = density.transpose(0, 2, 1) if turned else density
    found = find_peaks(density, 3)
    assert found.score.tolist() == pytest.approx([1] * count)
    along, across = (found.y, found.x) if turned else (found.x, found.y)
    assert sorted(along) == pytest.approx([2, 4, 6][:count])
    assert across.tolist() == pytest.approx([4.5] * count)
    heavy = np.zeros((1, 3, 3))
    heavy[0, 1, 1] = 2.2  # one cell is one point
    assert find_peaks(heavy, 1).score.tolist() == pytest.approx([2.2])


def test_an_object_is_found_once_by_the_highest_score() -> None:
    densities = np.zeros((2, 8, 8))
    densities[0, 2, 2], densities[0, 2, 5], densities[1, 2, 2] = 0.6, 0.9, 1
    found = find_peaks(densities, 1)
    box = np.array([[0.0, 0.0, 1.0, 0.5]])
    assert match_points(found, [box, np.empty((0, 4))], (8, 8)).tolist() == [True, False, False]


def test_beyond_its_box_or_a_cell_from_its_point_nothing_is_found() -> None:
    densities = np.zeros((1, 8, 8))
    densities[0, 4, 4] = 1  # 4.5 cells from the corner
    found = find_peaks(densities, 1)
    for x, hit in ((4.5, True), (5.4, True), (5.6, False)):
        point = np.array([[x, 4.5, x, 4.5]]) / 8
        assert match_points(found, [point], (8, 8)).tolist() == [hit]
    wide = np.array([[5.4, 3.0, 5.6, 6.0]]) / 8  # its centre is at 5.5
    assert match_points(found, [wide], (8, 8)).tolist() == [True]

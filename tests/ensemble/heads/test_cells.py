from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ensemble.heads import cells
from ensemble.heads.cells import counted_shares, density_in, shares_in
from ensemble.heads.density_map import density_map
from ensemble.heads.parts import Part
from tests.examples import few


@few
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_shares_add_up_to_the_area(places: list[float]) -> None:
    triangle = shapely.Polygon(np.reshape(places, (3, 2)))
    shares = shares_in(triangle, (5, 7))
    assert shares.min() >= 0
    assert shares.max() <= 1 + 1e-6
    assert shares.sum() / 35 == pytest.approx(triangle.area, abs=1e-5)


@pytest.mark.parametrize("together", [1, 7, 30, 65536])
def test_shares_are_the_same_however_many_cells_come_together(
    together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of cells that the shape does not reach are not even looked at."""
    monkeypatch.setattr(cells, "_TOGETHER", together)
    rows, columns = grid = (11, 17)
    top, left = (one.ravel() for one in np.indices(grid))
    every = shapely.box(left / columns, top / rows, (left + 1) / columns, (top + 1) / rows)
    draw = np.random.default_rng(0)
    shapes = [shapely.Polygon(draw.uniform(-0.2, 1.2, (3, 2))) for _ in range(40)]
    shapes += [shapely.box(0, 0, 1, 1), shapely.box(2 / 17, 3 / 11, 5 / 17, 4 / 11)]
    shapes += [shapely.box(0.1, 1.1, 0.2, 1.2), shapely.Polygon()]
    for shape in shapes:
        wanted = shapely.area(shapely.intersection(every, shape)) * rows * columns
        np.testing.assert_allclose(shares_in(shape, grid).ravel(), wanted, atol=1e-6)


@few
@given(st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.9)), min_size=1, max_size=9))
def test_objects_in_an_area_add_up_to_their_number_and_stay_in_it(
    places: list[tuple[float, float]],
) -> None:
    boxes = np.array([(x, y, x + 0.1, y + 0.1) for x, y in places])
    inside = shares_in(shapely.box(0, 0, 0.53, 1), (8, 10))
    density = density_in(boxes, inside)
    assert density.sum() == pytest.approx(len(places), rel=1e-5)
    assert density[inside == 0].max() == 0


def test_an_area_of_the_whole_changes_nothing() -> None:
    boxes = np.random.default_rng(0).uniform(0, 0.5, (9, 4))
    boxes[:, 2:] += boxes[:, :2]
    whole = np.ones((6, 9), dtype=np.float32)
    np.testing.assert_allclose(density_in(boxes, whole), density_map(boxes, (6, 9)), rtol=1e-5)


def test_an_object_outside_of_what_the_frame_has_of_its_area_goes_to_the_nearest_cell() -> None:
    inside = np.zeros((4, 4), dtype=np.float32)
    inside[3, 2:] = 1
    density = density_in(np.array([[0.0, 0.0, 0.1, 0.1]]), inside)
    assert density.tolist() == [[0] * 4, [0] * 4, [0] * 4, [0, 0, 1, 0]]


def test_density_is_right_on_average_whatever_is_cut() -> None:
    """Objects everywhere, of which those with their centre inside are labelled."""
    draw = np.random.default_rng(0)
    area, number = shapely.box(0.13, 0.2, 0.61, 0.77), 20000
    centres = draw.uniform(-0.2, 1.2, (number, 2))
    inside = shapely.contains_xy(area, *centres.T)
    boxes = np.hstack([centres - 0.05, centres + 0.05])[inside]
    density = density_in(boxes, shares_in(area, (10, 12)))
    assert density.sum() / area.area == pytest.approx(number / 1.4**2, rel=0.03)


def test_what_is_counted_is_the_area_or_all_regions() -> None:
    regions = shapely.box(0, 0, 0.25, 1), shapely.box(0.75, 0, 1, 1)
    part = Part(regions=regions, counts=(1.0, 2.0))
    assert counted_shares(part, (1, 4)).tolist() == [[1, 0, 0, 1]]
    assert counted_shares(Part(area=regions[1]), (1, 2)).tolist() == [[0, 0.5]]

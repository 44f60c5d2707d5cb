from __future__ import annotations

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.densities.frame import Frame
from ensemble.densities.shapes import box_shape, parse_polygon, shares_inside

FRAME = Frame.of((192, 128), ((64, 96), "letterbox"), (8, 12))
FOLDED = FRAME.fold(np.random.default_rng(0).exponential(1, (8, 12)))


def counted(text: str) -> float:
    return float((shares_inside(parse_polygon(text), FRAME) * FOLDED).sum())


def test_a_polygon_counts_as_the_box_that_it_is() -> None:
    box = [10.0, 20.5, 77.0, 150.0]
    inside = FRAME.sums(FOLDED, np.array([box]))[0]
    assert (shares_inside(box_shape(box), FRAME) * FOLDED).sum() == pytest.approx(inside)
    assert counted("POLYGON ((10 20.5, 77 20.5, 77 150, 10 150, 10 20.5))") == pytest.approx(inside)


def test_halves_along_a_diagonal_rings_and_their_holes_add_up() -> None:
    whole = pytest.approx(FOLDED.sum())
    halves = ("POLYGON ((0 0, 128 0, 128 192))", "polygon((0 0,0 192,128 192))")
    assert sum(map(counted, halves)) == whole
    hole = "(30 30, 90 30, 90 90, 30 90)"
    ring = f"POLYGON ((0 0, 128 0, 128 192, 0 192), {hole})"
    assert counted(ring) + counted(f"POLYGON ({hole})") == whole
    both = "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10)), ((20 20, 40 20, 40 90, 20 90)))"
    one, other = ("POLYGON ((0 0, 10 0, 10 10, 0 10))", "POLYGON ((20 20, 40 20, 40 90, 20 90))")
    assert counted(both) == pytest.approx(counted(one) + counted(other))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no well-known text as POLYGON"),
        ("hello", "no well-known text as POLYGON .* Unknown type: 'HELLO'"),
        ("0 0, 4 4, 4 0", "no well-known text as POLYGON"),
        ("POINT (1 2)", "must be a POLYGON or MULTIPOLYGON, not Point"),
        ("POLYGON EMPTY", "a polygon of no area"),
        ("POLYGON ((0 0, 4 4))", "no well-known text as POLYGON"),
        ("POLYGON ((0 0, 4 4, 8 8))", "crosses or touches itself"),
        ("POLYGON ((0 0, 9 9, 9 0, 0 9))", "crosses or touches itself"),
        ("POLYGON ((0 0, 9 9, nan 0, 0 9))", "has a corner nowhere: Invalid Coordinate"),
    ],
)
def test_what_is_no_polygon_is_said(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_polygon(text)


@pytest.mark.parametrize("ends", [(5, 0, 5, 9), (0, 9, 5, 2)])
def test_a_box_without_area_is_none(ends: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="a box of no area, "):
        box_shape(ends)

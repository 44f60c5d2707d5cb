from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.photos.units import check_pixels, check_scale

BOX = ["xmin", "ymin", "xmax", "ymax"]


def places(count: int, scale: float) -> np.ndarray:
    """Boxes all over a photo of `scale` x `scale`."""
    draw = np.random.default_rng(0)
    corner = draw.uniform(0, 0.8, (count, 2))
    return scale * np.hstack([corner, corner + 0.2])


def check(corner: np.ndarray) -> None:
    check_pixels(corner, range(2, 2 + len(corner)), Path("b.csv"), BOX)


@pytest.mark.parametrize(
    "corner",
    [
        places(4, 1),
        places(40, 1.02),  # cut off by the photo's side
        np.array([[0.5, 0.5, 0.5, 0.5]]),
        np.tile([0, 0, 1, 1], (20, 1)),
        np.zeros((20, 4)),
    ],
    ids=["few", "beyond", "one point", "whole photos", "zeros"],
)
def test_fractions_are_refused(corner: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"b\.csv: all of xmin, .* pixels: multiply fractions of"):
        check(np.asarray(corner, dtype=np.float64))


def test_pixels_are_not(caplog: pytest.LogCaptureFixture) -> None:
    for corner in (places(4, 8), np.array([[0.0, 0, 1, 1]]), np.empty((0, 4))):
        check(corner)
    assert caplog.messages == []


def test_some_rows_of_fractions_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "ensemble"):
        check(np.vstack([places(3, 200), places(12, 1)]))
    (message,) = caplog.messages
    assert message.startswith("b.csv: places in the first pixel, in lines 5, 6, 7")
    assert "14 and 2 more; if they are fractions, they must be in pixels" in message


def spread(scale: float, photos: int = 8) -> list[np.ndarray]:
    return list(places(80, scale).reshape(photos, -1, 4))


def test_per_cent_are_refused() -> None:
    with pytest.raises(
        InputError, match="all 80 objects lie within 0 to 100, in the corner of"
    ) as e:
        check_scale(spread(100), [(480, 640)] * 8)
    assert "photos of 640 x 480 pixels and more, as per cent do" in str(e.value)
    assert "if they are, crop the photos to that corner" in str(e.value)
    check_scale(spread(100), [(100, 100)] * 8)  # as is said


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (3000, 4000)])
def test_thousandths_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=r"within 0 to 1000, .* as thousandths do; .* thousandth"):
        check_scale(spread(1000), [size] * 8)
    with pytest.raises(InputError, match="thousandths"):
        check_scale([one.round() for one in spread(1000)], [(4000, 3000), *[size] * 7])


def test_one_smaller_photo_or_one_place_beyond_makes_pixels_of_thousandths() -> None:
    check_scale(spread(1000), [(1000, 1000), *[(1080, 1920)] * 7])
    boxes = spread(1000)
    boxes[0][0, 2] = 1001
    check_scale(boxes, [(1080, 1920)] * 8)


PIXELS = [
    *((480, (480, 640), 8), (100, (120, 110), 8), (100, (480, 640), 4), (400, (480, 640), 8)),
    *((1000, (1000, 1000), 8), (1000, (1024, 1280), 8), (1000, (1200, 1600), 8)),
    *((1000, (1000, 1920), 8), (1000, (1080, 1920), 4), (1080, (1080, 1920), 8)),
]


@pytest.mark.parametrize(("scale", "size", "photos"), PIXELS)
def test_places_all_over_photos_are_pixels(
    scale: float, size: tuple[int, int], photos: int, caplog: pytest.LogCaptureFixture
) -> None:
    check_scale(spread(scale, photos), [size] * photos)
    assert caplog.messages == []


@pytest.mark.parametrize(
    "boxes", [spread(240), [one * 0.6 + [40, 30, 40, 30] for one in spread(100)]]
)
def test_places_in_one_corner_are_told_of(
    boxes: list[np.ndarray], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "ensemble"):
        check_scale(boxes, [(480, 640)] * 8)
    (message,) = caplog.messages
    assert message.startswith("all 80 objects lie in the upper left part of their photos (")
    assert message.endswith("are their places in pixels of smaller copies?")


def test_places_right_of_the_beginning_are_pixels(caplog: pytest.LogCaptureFixture) -> None:
    boxes = [one * 0.7 + [300, 0, 300, 0] for one in spread(1000)]
    check_scale(boxes, [(1080, 1920)] * 8)
    assert caplog.messages == []

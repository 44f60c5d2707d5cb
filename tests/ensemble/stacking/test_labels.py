from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from ensemble.heads import Part
from ensemble.stacking.fits import Labels

ROWS = np.array([0, 1])
LABELS = Labels(["a" * 64, "b" * 64], np.array([1.0, 2.0]))
AREA = Part(area=shapely.box(0, 0, 0.5, 1))


def test_what_is_labelled_of_photos_is_part_of_a_fits_key() -> None:
    area, whole = (replace(LABELS, parts=[one, None]) for one in (AREA, None))
    assert whole.digest(ROWS) == LABELS.digest(ROWS)
    assert area.digest(ROWS) != LABELS.digest(ROWS)
    assert area.digest(ROWS[1:]) == LABELS.digest(ROWS[1:])
    others = (
        Part(area=shapely.box(0, 0, 0.6, 1)),
        replace(AREA, is_whole=False),
        Part(regions=AREA.shapes, counts=(1.0,)),
        Part(regions=AREA.shapes, counts=(2.0,)),
    )
    seen = {replace(LABELS, parts=[one, None]).digest(ROWS) for one in (AREA, *others)}
    assert len(seen) == 5
    assert replace(LABELS, parts=[None, AREA]).digest(ROWS) != area.digest(ROWS)


def test_parts_are_of_the_rows_that_are_asked_for() -> None:
    assert LABELS.parts_of(ROWS) is None
    assert replace(LABELS, parts=[AREA, None]).parts_of(ROWS[::-1]) == [None, AREA]

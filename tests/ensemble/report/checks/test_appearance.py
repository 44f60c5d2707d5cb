from __future__ import annotations

import pandas as pd

from ensemble.report.checks.appearance import PoorPhotos
from tests.ensemble.report.made_up import evidence

GOOD = {"height": 400, "width": 600, "brightness": 0.9, "sharpness": 0.7}
POOR = {
    "dark.jpg": {"brightness": 0.2},
    "soft.jpg": {"sharpness": 0.1},
    "tiny.jpg": {"height": 50, "width": 60},
    "panorama.jpg": {"width": 4000},
}


def table(*photos: dict[str, float]) -> pd.DataFrame:
    names = ["good.jpg", *POOR][: len(photos)]
    return pd.DataFrame(photos).assign(name=names)


def test_photos_that_show_too_little_are_named_by_kind() -> None:
    photos = table(GOOD, *(GOOD | change for change in POOR.values()))
    found = PoorPhotos()(evidence(appearance=photos))
    assert found is not None
    assert "4 photos may show too little: 1 dark, 1 blurred, 1 tiny, 1 of odd shape" in found.seen
    assert found.photos == tuple(POOR)


def test_good_photos_are_no_finding() -> None:
    assert PoorPhotos()(evidence(appearance=table(GOOD))) is None
    assert PoorPhotos()(evidence()) is None

from __future__ import annotations

from ensemble.report.checks.intervals import FewPhotos
from tests.ensemble.report.made_up import evidence, numbers


def test_few_photos_are_said() -> None:
    assert FewPhotos()(evidence(numbers(200))) is None
    found = FewPhotos()(evidence(numbers(199)))
    assert found is not None
    assert "199 photos; below 200" in found.seen

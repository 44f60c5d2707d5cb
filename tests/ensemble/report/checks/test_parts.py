from __future__ import annotations

from ensemble.report.checks.parts import CountedInParts
from tests.ensemble.report.made_up import evidence


def test_photos_that_are_counted_in_a_part_are_told() -> None:
    made_up = evidence()
    assert CountedInParts()(made_up) is None
    made_up.metrics["photos_in_parts"] = 3  # type: ignore[index]
    found = CountedInParts()(made_up)
    assert found is not None
    assert found.seen.startswith("3 of 300 photos have labels in a part alone, and no count")

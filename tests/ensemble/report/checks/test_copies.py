from __future__ import annotations

import pandas as pd

from ensemble.report.checks.copies import ContradictingCopies, SplitCopies
from tests.ensemble.report.made_up import evidence

#: Photos 0 and 3 lie in one fold, 1 and 2 in two.
COPIES = pd.DataFrame(
    {
        "group": [1, 1, 2, 2],
        "name": ["0000.jpg", "0003.jpg", "0001.jpg", "0002.jpg"],
        "target": [3.0, 5.0, 4.0, 4.0],
    }
)


def test_copies_whose_targets_differ_are_named() -> None:
    found = ContradictingCopies()(evidence(near_copies=COPIES))
    assert found is not None
    assert "1 group" in found.seen
    assert "by up to 2" in found.seen
    assert found.photos == ("0000.jpg", "0003.jpg")
    assert ContradictingCopies()(evidence(near_copies=COPIES[2:])) is None
    assert ContradictingCopies()(evidence()) is None


def test_copies_on_both_sides_of_a_split_are_named() -> None:
    found = SplitCopies()(evidence(near_copies=COPIES))
    assert found is not None
    assert found.photos == ("0001.jpg", "0002.jpg")
    assert SplitCopies()(evidence(near_copies=COPIES[:2])) is None
    assert SplitCopies()(evidence()) is None

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


def test_copies_of_earlier_photos_are_named_where_folds_go_by_time() -> None:
    """Those of one block are none, and a block that nobody predicts has been learned from."""
    folds = pd.DataFrame({"name": COPIES["name"], "fold": [0, 0, 0, 1]})
    timed = evidence(near_copies=COPIES, folds=folds)
    block = {"photos": 9, "first": "2024", "last": "2024", "use": "scored"}
    timed.metrics["blocks"] = [{"block": 0, **block}, {"block": 1, **block}]  # type: ignore[index]
    found = SplitCopies()(timed)
    assert found is not None
    assert found.photos == ("0002.jpg",)
    assert found.seen.startswith("1 photo was predicted by heads that had seen a near copy")
    assert "near_copies: together" not in found.advice


def test_copies_of_items_are_looked_for_in_the_folds_of_these() -> None:
    of_items = COPIES.assign(item=COPIES["name"], name=["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
    found = SplitCopies()(evidence(near_copies=of_items))
    assert found is not None
    assert found.photos == ("c.jpg", "d.jpg")

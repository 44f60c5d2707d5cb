"""Tests of ensemble.scoring.sources."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from ensemble.config.member import Member
from ensemble.config.stack import StackSpec
from ensemble.heads import HeadSpec
from ensemble.scoring.gains import Gain
from ensemble.scoring.sources import COLUMNS_ALONE, PHOTOS_ALONE, no_gain, split_sources
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import StackLabels, fit_stack

NET: Any = object()
COLUMNS, PHOTOS = Member((), HeadSpec(head="svr")), Member((NET,), HeadSpec(head="ridge"))
BOTH = Member((NET,), HeadSpec(head="ridge", columns=True))


def table(members: int, photos: int = 30, folds: int = 3) -> tuple[OutOfFold, StackLabels]:
    draw = np.random.default_rng(0)
    target = draw.uniform(1, 9, size=photos)
    fold = np.arange(photos) % folds
    order = np.argsort(fold, kind="stable")
    predictions = target[order, np.newaxis] + draw.normal(0, 1, size=(photos, members))
    pairs = [*combinations(range(folds), 2)]
    inner = {}
    for first, second in [*pairs, *(pair[::-1] for pair in pairs)]:
        rows = fold[order] == first
        inner[first, second] = predictions[rows] + draw.normal(0, 0.1, (rows.sum(), members))
    names = tuple(f"m{number}" for number in range(members))
    zeros = np.zeros(photos, dtype=np.intp)
    found = OutOfFold(names, order, fold[order], zeros, predictions, inner)
    return found, StackLabels(target, None, np.ones(photos, dtype=bool))


def test_each_source_has_the_nested_stack_of_its_own_members() -> None:
    oof, labels = table(5)
    members = [PHOTOS, BOTH, COLUMNS, COLUMNS, PHOTOS]
    found = split_sources(members, oof)
    assert set(found) == {COLUMNS_ALONE, PHOTOS_ALONE}
    for name, chosen in ((COLUMNS_ALONE, [2, 3]), (PHOTOS_ALONE, [0, 4])):
        own = OutOfFold(
            tuple(oof.members[number] for number in chosen),
            oof.photo,
            oof.fold,
            oof.repeat,
            oof.predictions[:, chosen],
            {folds: columns[:, chosen] for folds, columns in oof.inner.items()},
        )
        expected = fit_stack(StackSpec(), own, labels, 0).nested
        nested = fit_stack(StackSpec(), found[name], labels, 0).nested
        np.testing.assert_array_equal(nested, expected)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([COLUMNS, COLUMNS], set()),
        ([PHOTOS, PHOTOS], set()),
        ([BOTH, BOTH], set()),
        ([BOTH, PHOTOS], {PHOTOS_ALONE}),
        ([COLUMNS, BOTH], {COLUMNS_ALONE}),
    ],
)
def test_a_source_without_a_member_of_its_own_has_no_row(
    members: list[Member], expected: set[str]
) -> None:
    assert set(split_sources(members, table(2)[0])) == expected


@pytest.mark.parametrize(
    ("mean", "told"),
    [(2.1, ""), (1.9, "what photos add is within what comes by chance"), (-2.1, "with photos it")],
)
def test_a_gain_within_two_standard_errors_is_none(mean: float, told: str) -> None:
    found = no_gain(Gain(mean, 1.0), "photos")
    assert found.startswith(told)
    assert bool(found) is bool(told)

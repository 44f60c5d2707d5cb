from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from backbones.errors import InputError
from ensemble.config.folds import FoldsSpec
from ensemble.photos.copies import Copies
from ensemble.photos.dataset import Dataset
from ensemble.photos.times import Times
from ensemble.stacking.blocks import cut_blocks, describe_blocks, list_blocks, tell_of_seen
from ensemble.stacking.crossfit import plan_fits
from ensemble.stacking.folds import split
from tests.examples import few


def spec(n: int) -> FoldsSpec:
    return FoldsSpec(method="time", column="year", n=n)


def photos(moments: list[float], **more: object) -> Dataset:
    names = np.array([f"{number:03d}.jpg" for number in range(len(moments))])
    target = np.arange(float(len(moments)))
    times = Times(np.array(moments, dtype=np.float64))
    return Dataset(names, tuple(map(Path, names)), target, time=times, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "n"), [(7, 2), (53, 4), (100, 9), (101, 3)])
def test_unique_times_are_split_as_scikit_learn_splits_them(count: int, n: int) -> None:
    order = np.random.default_rng(0).permutation(count)
    folds = split(photos(order.tolist()), spec(n), seed=0)
    by_time = np.argsort(order)
    assert folds.repeats() == [list(range(1, n + 1))]
    for fold, (training, held_out) in enumerate(TimeSeriesSplit(n).split(by_time), 1):
        assert folds.training(fold).tolist() == sorted(by_time[training])
        assert folds.held_out(fold).tolist() == sorted(by_time[held_out])


@few
@given(st.lists(st.integers(0, 12), min_size=4, max_size=60), st.integers(2, 8))
def test_no_training_photo_is_as_late_as_a_held_out_one(moments: list[int], n: int) -> None:
    dataset = photos([float(one) for one in moments])
    assert dataset.time is not None
    moment = dataset.time.moment
    try:
        folds = split(dataset, spec(n), seed=0)
    except InputError:
        assert len(set(moments)) <= n or moments.count(min(moments)) == 1
        return
    plan = plan_fits(folds, nested=True)
    assert plan == [(), *((fold,) for fold in range(n, 0, -1))]
    for left_out in plan[1:]:
        training, held_out = folds.training(*left_out), folds.held_out(*left_out)
        assert len(training)
        assert len(held_out)
        assert moment[training].max() < moment[held_out].min()
    assert folds.training().tolist() == list(range(len(moments)))
    assert set(folds.number[0]) == set(range(n + 1))


def test_photos_of_one_time_are_in_one_block_and_blocks_stay_near_one_size() -> None:
    moments = [1.0] * 9 + [2.0] * 2 + [3.0] * 8 + [4.0] * 11 + [5.0] * 10
    number = cut_blocks(photos(moments), spec(3))
    assert np.bincount(number).tolist() == [9, 10, 11, 10]
    one_each = cut_blocks(photos([1.0] * 50 + [2.0, 3.0, 4.0]), spec(3))
    assert np.bincount(one_each).tolist() == [50, 1, 1, 1]


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (photos([1.0] * 9 + [2.0, 3.0]), "need 4 different times in year, not 3; take fewer"),
        (photos([1.0, 2.0, 3.0, 4.0]), "the first of 4 blocks of time has but one photo"),
        (
            photos([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0], weight=np.array([1.0] * 4 + [0.0] * 3)),
            r"each photo of these blocks of time has a weight of 0(?s:.*)"
            r"- block 2: 3\n  - block 3: 4$",
        ),
        (replace(photos([1.0] * 9), time=None), "folds.method: time is of tables"),
    ],
)
def test_times_that_make_no_blocks_are_named(dataset: Dataset, message: str) -> None:
    with pytest.raises(InputError, match=message):
        split(dataset, spec(3), seed=0)


def test_blocks_are_described_by_their_times() -> None:
    dataset = photos([2024.0, 2021.0, 2020.0, 2020.0, 2023.0, 2022.0])
    number = cut_blocks(dataset, spec(2))
    blocks = list_blocks(dataset, number, scored_from=2)
    assert [(one.photos, one.first, one.last) for one in blocks] == [
        (2, "2020", "2020"),
        (2, "2021", "2022"),
        (2, "2023", "2024"),
    ]
    assert describe_blocks(blocks, "year") == (
        "blocks of year: 0: 2020 (2 photos, learned from); "
        "1: 2021 to 2022 (2 photos, predicted by members); 2: 2023 to 2024 (2 photos, scored)"
    )


def test_copies_and_groups_of_earlier_blocks_are_said(caplog: pytest.LogCaptureFixture) -> None:
    dataset = photos([1.0, 1.0, 2.0, 2.0, 3.0, 3.0], group=np.array(list("aabcbd")))
    number = np.array([0, 0, 1, 1, 2, 2])
    digests = ["x", "y", "x", "z", "z", "w"]
    like = np.array([0, 1, 0, 2, 2, 1])
    copies = Copies(like, np.arange(6), np.zeros(6, np.intp), np.arange(6))
    tell_of_seen(dataset, number, digests, copies)
    same, near, groups = caplog.messages
    assert same.startswith("2 photos are byte for byte the same as one of an earlier block")
    assert same.endswith(":\n  - 002.jpg\n  - 004.jpg")
    assert near.startswith("1 predicted photo is nearly the same as one of an earlier block")
    assert groups.startswith("1 predicted photo is of a group that heads have learned from")


def test_copies_and_groups_within_a_block_are_no_news(caplog: pytest.LogCaptureFixture) -> None:
    dataset = photos([1.0, 1.0, 2.0, 2.0], group=np.array(list("aabb")))
    tell_of_seen(dataset, np.array([0, 0, 1, 1]), ["x", "x", "y", "y"], None)
    assert caplog.messages == []

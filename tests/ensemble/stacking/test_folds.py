from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import PredefinedSplit

from backbones.errors import InputError
from ensemble.config.config import FoldsSpec
from ensemble.photos.dataset import Dataset
from ensemble.stacking.folds import split


def photos(n: int, groups: int | None = None) -> Dataset:
    draw = np.random.default_rng(0)
    return Dataset(
        names=np.array([f"{i:03d}.jpg" for i in range(n)]),
        paths=tuple(Path(f"{i}") for i in range(n)),
        target=draw.gamma(1.0, 4.0, n),
        group=None if groups is None else np.array([f"g{i % groups}" for i in range(n)]),
    )


@pytest.mark.parametrize("method", ["kfold", "stratified"])
def test_every_photo_is_held_out_once_a_repeat(method: Any) -> None:
    folds = split(photos(53), FoldsSpec(method=method, n=4, repeats=2), seed=0)
    assert folds.repeats() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert folds.number.shape == (2, 53)
    sizes = np.unique(folds.number[0], return_counts=True)[1]
    assert sizes.max() - sizes.min() <= 1 + 9 * (method == "stratified")
    assert not np.array_equal(folds.number[0], folds.number[1] - 4)


def test_the_seed_decides() -> None:
    def number(seed: int) -> list[list[int]]:
        return split(photos(50), FoldsSpec(), seed).number.tolist()

    assert number(1) == number(1)
    assert number(1) != number(2)


@pytest.mark.parametrize("method", ["kfold", "stratified", "group"])
def test_a_group_stays_on_one_side(method: Any) -> None:
    dataset = photos(60, groups=13)
    folds = split(dataset, FoldsSpec(method=method, n=3, repeats=2), seed=0)
    assert dataset.group is not None
    for row in folds.number:
        for group in np.unique(dataset.group):
            assert len(set(row[dataset.group == group])) == 1


def test_stratified_spreads_the_target() -> None:
    dataset = photos(400)

    def spread(method: Any) -> float:
        folds = split(dataset, FoldsSpec(method=method), seed=0)
        return float(np.std([dataset.target[folds.held_out(f)].mean() for f in range(5)]))

    assert spread("stratified") < 0.3 * spread("kfold")


def test_held_out_and_training_are_the_two_sides() -> None:
    folds = split(photos(20), FoldsSpec(n=4, repeats=2), seed=0)
    for held in [(0,), (1, 3), (4, 7)]:
        both = np.concatenate([folds.held_out(*held), folds.training(*held)])
        assert sorted(both) == list(range(20))
        assert len(folds.held_out(*held)) == 5 * len(held)
    assert folds.training().tolist() == list(range(20))
    with pytest.raises(ValueError, match="not of one repeat"):
        folds.held_out(0, 5)


def test_the_table_names_each_photo_in_each_repeat() -> None:
    table = split(photos(6), FoldsSpec(n=2, repeats=2), seed=0).table()
    assert table["name"].tolist() == 2 * [f"{i:03d}.jpg" for i in range(6)]
    assert sorted(set(table["fold"][:6])) == [0, 1]
    assert sorted(set(table["fold"][6:])) == [2, 3]


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (None, "5 folds need as many photos, not 4 photos"),
        (3, "5 folds need as many groups, not 3 groups"),
    ],
)
def test_too_few_photos(groups: int | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        split(photos(4, groups), FoldsSpec(n=5), seed=0)


COLUMN = FoldsSpec(method="column", column="part")


def given(labels: list[str], groups: int | None = None) -> Dataset:
    return replace(photos(len(labels), groups), fold=np.array(labels))


def test_folds_that_photos_have_stay_in_the_order_of_their_labels() -> None:
    labels = ["b", "10", "9", "a", "9", "b"]
    folds = split(given(labels), COLUMN, seed=0)
    assert folds.number.tolist() == [[3, 1, 0, 2, 0, 3]]
    assert folds.repeats() == [[0, 1, 2, 3]]
    assert split(given(labels), COLUMN, seed=7).number.tolist() == folds.number.tolist()


def test_they_are_held_out_as_scikit_learn_holds_them_out() -> None:
    labels = np.random.default_rng(0).integers(0, 4, 50)
    folds = split(given([str(label) for label in labels]), COLUMN, seed=0)
    for fold, (training, held_out) in enumerate(PredefinedSplit(labels).split()):
        np.testing.assert_array_equal(folds.training(fold), training)
        np.testing.assert_array_equal(folds.held_out(fold), held_out)


def test_a_group_in_several_folds_is_named() -> None:
    whole = given(["0", "1", "2"] * 4, groups=3)
    assert split(whole, COLUMN, seed=0).number.tolist() == [[0, 1, 2] * 4]
    with pytest.raises(InputError, match=r"one group(?s:.)*g0: folds 0, 1, 2\n") as told:
        split(given(["0", "1", "2"] * 4, groups=2), COLUMN, seed=0)
    assert "g1: folds 0, 1, 2" in str(told.value)


@pytest.mark.parametrize(
    ("labels", "least", "message"),
    [
        (["a"] * 9, 2, "part has 1 different labels \\(a\\).* 2 to 100 folds are needed$"),
        (["a", "b"] * 9, 3, "part has 2 different labels \\(a, b\\).*stack: mean"),
        ([str(n) for n in range(101)], 2, "part has 101 different labels .*and 91 more"),
    ],
)
def test_too_few_or_too_many_folds_are_named(labels: list[str], least: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        split(given(labels), COLUMN, seed=0, least=least)


def test_folds_of_a_table_are_refused_where_there_is_none() -> None:
    with pytest.raises(InputError, match=r"folds.method: column is of tables"):
        split(photos(9), COLUMN, seed=0)

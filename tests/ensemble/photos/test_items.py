from __future__ import annotations

import numpy as np
import pytest

from ensemble.photos.items import Items

#: Three items of one, three and two photos.
ITEMS = Items(
    np.array(list("abcdef")),
    np.array([0, 1, 1, 1, 2, 2]),
    np.array(["x", "x", "y", "y", "", "y"]),
)


def test_the_mean_over_photos_is_that_of_numpy_and_hangs_on_no_other_item() -> None:
    values = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    expected = [values[rows].mean(axis=0, dtype=np.float64) for rows in ([0], [1, 2, 3], [4, 5])]
    np.testing.assert_allclose(ITEMS.mean(values), expected, rtol=1e-12)
    for item in range(3):
        rows, alone = ITEMS.take(np.array([item]))
        np.testing.assert_array_equal(alone.mean(values[rows])[0], ITEMS.mean(values)[item])
        np.testing.assert_array_equal(alone.mean(values[rows, 0]), ITEMS.mean(values[:, 0])[[item]])


def test_means_of_many_photos_hang_on_no_other_item() -> None:
    item = np.repeat(np.arange(40), np.random.default_rng(1).integers(1, 30, 40))
    many = Items(np.array([str(one) for one in range(len(item))]), item)
    values = np.random.default_rng(2).normal(size=len(item))
    together = many.mean(values)
    for one in range(40):
        rows, alone = many.take(np.array([one]))
        assert alone.mean(values[rows])[0] == together[one]


def test_items_are_taken_in_the_order_asked_for_with_their_photos() -> None:
    rows, taken = ITEMS.take(np.array([2, 0]))
    assert rows.tolist() == [4, 5, 0]
    assert taken.photos.tolist() == ["e", "f", "a"]
    assert taken.item.tolist() == [0, 0, 1]
    assert taken.views_of(np.arange(3)) == ["", "y", "x"]
    rows, none = ITEMS.take(np.array([], dtype=np.intp))
    assert (rows.tolist(), len(none)) == ([], 0)


def test_an_item_without_any_photo_goes() -> None:
    left, kept = ITEMS.keep(np.array([0, 4, 5]))
    assert left.tolist() == [0, 2]
    assert kept.item.tolist() == [0, 1, 1]
    assert ITEMS.without({1, 2, 3, 4}) == [1]
    assert ITEMS.without({1, 3}) == []


def test_its_digest_hangs_on_its_photos_their_order_and_if_asked_on_their_views() -> None:
    digests = [letter * 64 for letter in "abcdef"]
    plain, viewed = ITEMS.digests(digests, views=False), ITEMS.digests(digests, views=True)
    assert len({*plain, *viewed}) == 6
    others = [*digests[:5], "g" * 64]
    assert [a == b for a, b in zip(plain, ITEMS.digests(others, False), strict=True)] == [
        True,
        True,
        False,
    ]
    moved = Items(ITEMS.photos, ITEMS.item, np.array(["y", "x", "y", "y", "", "y"]))
    assert moved.digests(digests, views=False) == plain
    assert [a == b for a, b in zip(viewed, moved.digests(digests, True), strict=True)] == [
        False,
        True,
        True,
    ]
    regrouped = Items(ITEMS.photos, np.array([0, 0, 1, 1, 2, 2]), ITEMS.view)
    assert regrouped.digests(digests, views=False)[:2] != plain[:2]


@pytest.mark.parametrize("values", [np.array([10, 20, 30]), np.array([[1, 2], [3, 4], [5, 6]])])
def test_each_photo_has_what_its_item_has(values: np.ndarray) -> None:
    np.testing.assert_array_equal(ITEMS.spread(values), values[[0, 1, 1, 1, 2, 2]])

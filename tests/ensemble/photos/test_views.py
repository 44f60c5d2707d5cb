from __future__ import annotations

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.heads import HeadSpec, build, fit, predict_alike
from ensemble.photos.items import Items
from ensemble.photos.views import (
    MOST,
    Apart,
    arrange,
    order_of,
    predict_known,
    stand_together,
)

ITEMS = Items(
    np.array(list("abcdefg")),
    np.array([0, 0, 1, 1, 1, 2, 3]),
    np.array(["in", "up", "in", "in", "up", "up", "roof"]),
)
X = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)


def test_views_stand_in_their_order_and_missing_ones_are_the_mean_of_the_photos() -> None:
    together = stand_together(X, ITEMS, ["in", "up"])
    assert together.dtype == np.float32
    expected = [
        np.hstack([X[0], X[1]]),
        np.hstack([X[2:4].mean(axis=0), X[4]]),
        np.hstack([X[5], X[5]]),
        np.hstack([X[6], X[6]]),  # of a view that nothing was learned of
    ]
    np.testing.assert_allclose(together, expected, rtol=1e-6)
    np.testing.assert_allclose(
        stand_together(X, ITEMS, ["up", "in"]), np.roll(together, 3, axis=1), rtol=0
    )


def test_a_view_that_no_item_has_is_missing_everywhere() -> None:
    together = stand_together(X, ITEMS, ["cellar"])
    np.testing.assert_array_equal(together, stand_together(X, ITEMS, []))
    means = [X[:2].mean(axis=0), X[2:5].mean(axis=0), X[5], X[6]]
    np.testing.assert_allclose(together, means, rtol=1e-6)


def test_photos_without_views_have_none_of_the_order() -> None:
    bare = Items(ITEMS.photos, ITEMS.item)
    mean = stand_together(X, bare, [])
    np.testing.assert_array_equal(stand_together(X, bare, ["in", "up"]), np.hstack([mean, mean]))


def test_photo_by_photo_fewer_items_have_fewer_photos() -> None:
    apart = arrange(X, ITEMS, "apart", ["in", "up"])
    assert isinstance(apart, Apart)
    fewer = apart[np.array([1, 3])]
    assert (len(apart), len(fewer)) == (4, 2)
    np.testing.assert_array_equal(fewer.photos, X[[2, 3, 4, 6]])
    assert fewer.items.item.tolist() == [0, 0, 0, 1]


def test_a_head_predicts_items_by_the_mean_of_their_photos_or_by_their_row() -> None:
    draw = np.random.default_rng(1)
    head = fit(build(HeadSpec(head="ridge"), 0), draw.normal(size=(20, 3)), draw.normal(size=20))
    photos = predict_alike(head, X)
    by_photo = predict_known(head, arrange(X, ITEMS, "apart", []))
    np.testing.assert_allclose(by_photo[1], photos[2:5].mean(), rtol=1e-12)
    by_row = predict_known(head, arrange(X, ITEMS, "together", []))
    np.testing.assert_array_equal(by_row, predict_alike(head, stand_together(X, ITEMS, [])))
    np.testing.assert_array_equal(predict_known(head, X), photos)
    rows, alone = ITEMS.take(np.array([1]))
    for how, predicted in (("apart", by_photo), ("together", by_row)):
        one = predict_known(head, arrange(X[rows], alone, how, []))  # type: ignore[arg-type]
        assert one.tolist() == [predicted[1]]


def test_the_order_is_by_name_and_only_where_views_stand_together() -> None:
    assert order_of(ITEMS, ["apart", "together"]) == ("in", "roof", "up")
    assert order_of(ITEMS, ["apart"]) == ()
    assert order_of(Items(ITEMS.photos, ITEMS.item), ["together"]) == ()
    assert order_of(None, [None]) == ()


def test_a_column_that_tells_every_photo_apart_names_no_views() -> None:
    names = np.array([f"{number:03}" for number in range(MOST + 1)])
    items = Items(names, np.arange(MOST + 1), names)
    with pytest.raises(
        InputError, match=r"names 33 views, and 32 at most .* say views: apart"
    ) as told:
        order_of(items, ["together"])
    assert told.value.mistakes[:2] == ["000", "001"]
    assert order_of(items, ["apart"]) == ()
